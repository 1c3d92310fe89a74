"""Starts the platform's processes, restarts what dies, stops them in order."""
