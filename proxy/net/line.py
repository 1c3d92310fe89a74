"""What master and worker say to each other."""

READY = b"ready\n"
"""The worker serves."""
LEAVE = b"leave\n"
"""Others serve now: finish what is in work."""
