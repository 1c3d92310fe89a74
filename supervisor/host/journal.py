"""Log lines of the supervisor: one JSON object per line on stderr, never a secret."""

import json
import sys
import time


def note(event: str, **facts: object) -> None:
    """Write one line; a full disk or a closed pipe must not hurt."""
    line = {"event": event, "timestamp": round(time.time(), 3), "process": "supervisor", **facts}
    try:
        sys.stderr.write(json.dumps(line, default=str) + "\n")
        sys.stderr.flush()
    except OSError:
        return
