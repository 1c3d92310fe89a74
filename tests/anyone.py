"""Programs that every user may execute, wherever the checkout lies (below /root, say)."""

PYTHON = ("/usr/bin/python3", "-I", "-S")
"""The system's Python, with nothing but its standard library."""
