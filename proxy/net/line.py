"""What master and worker say to each other."""

READY = b"ready\n"
"""The worker serves."""
UNUSABLE = 78
"""Exit code (EX_CONFIG of sysexits.h): what it was told to serve with cannot be used."""
LEAVE = b"leave\n"
"""Others serve now: finish what is in work."""
