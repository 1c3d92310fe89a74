"""Pure decisions: OCI configuration, limits, network rules, fencing, clone plans."""
