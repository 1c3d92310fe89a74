"""Processes, pseudo-terminals and signals of the workspace."""
