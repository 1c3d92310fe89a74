"""What podman's last words mean: a code, and what people are told. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from wire.imagebuild import BuildResult

_LONGEST: Final = 400
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")
_SIGNS: Final = (
    (
        "disk_full",
        re.compile(
            r"no space left on device|disk quota exceeded"
            # what the facade says when the store has no room for a push
            r"|platform's disk is full|507 insufficient storage",
            re.IGNORECASE,
        ),
    ),
    (
        "base_unknown",
        re.compile(
            r"manifest unknown|name unknown|repository name not known|unable to find .* image"
            r"|image not known|unable to copy from source|error creating build container",
            re.IGNORECASE,
        ),
    ),
    (
        "base_denied",
        re.compile(r"unauthorized|authentication required|denied: requested access", re.IGNORECASE),
    ),
    ("dockerfile_invalid", re.compile(r"Unknown instruction|parse error|dockerfile parse|no FROM")),
)


def failure(output: Sequence[str], code: int) -> BuildResult:
    """Return how a build ended that podman gave up; `output` are its last lines."""
    lines = [text for line in output if (text := plain(line))]
    last = next((line for line in reversed(lines) if line.startswith("Error: ")), "")
    told = last.removeprefix("Error: ") or (lines[-1] if lines else f"exit code {code}")
    found = next((name for name, sign in _SIGNS if any(sign.search(one) for one in lines[-6:])), "")
    return BuildResult(code=found or "step_failed", detail=told[:_LONGEST])


def plain(line: str) -> str:
    """Return a line without colours and other control characters."""
    return _ANSI.sub("", line).strip()
