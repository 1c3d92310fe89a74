"""Workspaces and instances: life cycle, service, pages, API and the agent link."""
