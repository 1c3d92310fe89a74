"""Pid 1 of every workspace: reaps, dials out, terminals, IDE.

Runs from its own bundle with python -I, so it imports the standard library,
websockets, msgspec and wire only.
"""
