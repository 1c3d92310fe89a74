"""Workspace commands over the public API."""
