"""The podium command: launcher (up, down, status), set-up and the workspace commands."""
