"""Pure decisions: what to do about desired and observed, terminal buffers, restarts."""
