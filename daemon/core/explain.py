"""What git's last words mean: each kind of failure has a fault with a stable code.

What the remote says is printed by git with `remote: ` in front; it is shown, and never
decides what a failure is called.
"""

import re
from collections.abc import Sequence
from typing import Final

from daemon.core.faults import Fault, fault

_SIGNS: Final = (
    ("disk_full", re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)),
    ("partial_unsupported", re.compile(r"filtering not recognized by server[^$]*File too large")),
    ("clone_too_large", re.compile(r"File too large")),
    ("protocol_refused", re.compile(r"transport '[^']*' not allowed")),
    (
        "ref_unknown",
        re.compile(
            r"Remote branch .* not found|not a valid SHA1|unadvertised object|not our ref"
            r"|couldn't find remote ref|nonexistent object|bad object|is not a commit",
        ),
    ),
    (
        "clone_auth_required",
        re.compile(
            r"could not read Username|could not read Password|Authentication failed"
            r"|terminal prompts disabled|Permission denied \(|HTTP Basic: Access denied"
            r"|returned error: 40[13]|Host key verification failed",
        ),
    ),
    (
        "repository_missing",
        re.compile(
            r"repository '[^']*' not found|does not appear to be a git repository"
            r"|returned error: 404|Repository not found|repository .* does not exist"
            r"|not a git repository",
        ),
    ),
    (
        "host_unknown",
        re.compile(
            r"Could not resolve host|Name or service not known|No address associated with"
            r"|Temporary failure in name resolution",
        ),
    ),
    (
        "redirect_refused",
        re.compile(
            r"Maximum \([0-9]+\) redirects followed|Protocol .* (?:not supported or )?disabled"
            r"|unable to update url base from redirection",
        ),
    ),
    (
        "certificate_invalid",
        re.compile(r"SSL certificate problem|certificate verification failed|no alternative cert"),
    ),
    (
        "clone_interrupted",
        re.compile(
            r"early EOF|unexpected disconnect|RPC failed|Connection reset|Operation too slow"
            r"|bytes of body are still expected|the remote end hung up unexpectedly$",
            re.MULTILINE,
        ),
    ),
    (
        "clone_unreachable",
        re.compile(
            r"Failed to connect|Connection (?:refused|timed out)|No route to host|timed out"
            r"|Network is unreachable|unable to access|Could not read from remote",
        ),
    ),
)


def explain(lines: Sequence[str]) -> Fault:
    """Return the fault that git's last lines on stderr tell."""
    told = [line for line in lines if not line.startswith("Cloning into")]
    own = "\n".join(line for line in told if not line.startswith("remote:"))
    for code, sign in _SIGNS:
        if sign.search(own):
            return fault(code, told[-1] if len(told) == 1 else " · ".join(told[-3:]))
    return fault("clone_failed", " · ".join(told[-3:]) or "git ended without a word.")
