"""Images of workspaces: what a repository asks for, and which of this installation's it gets."""
