"""Command lines and variables of SSH sessions. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_OURS = ("GITPOD_", "PODIUM_", "SSH_", "SUPERVISOR_")
_FIXED = frozenset({"HOME", "LOGNAME", "PATH", "PWD", "SHELL", "USER"})
"""What a client's variables never replace; everything else is the person's own business."""
_CONNECTION = "127.0.0.1 0 127.0.0.1 23001"
_CLIENT = "127.0.0.1 0 23001"
"""From where and to where, as sshd tells it: all clients come by the gateway."""


def command_of(shell: str, command: str | None) -> list[str]:
    """Return the program and its argument list, name first: a login shell without a command."""
    name = shell.rpartition("/")[2]
    return [shell, f"-{name}"] if command is None else [shell, name, "-c", command]


def variables(
    own: Mapping[str, str],
    sent: Mapping[Any, Any],
    *,
    term: str | None,
    agent: str | None,
) -> dict[str, str]:
    """Return the variables of a session: the workspace's, and those that the client may send."""
    taken = {}
    for key, value in sent.items():
        name, text = _text(key), _text(value)
        if _NAME.fullmatch(name) and name not in _FIXED and not name.startswith(_OURS):
            taken[name] = text.replace("\0", "")
    found = {**own, **taken, "SSH_CONNECTION": _CONNECTION}
    found["SSH_CLIENT"] = _CLIENT
    if term is not None:
        found["TERM"] = term or "xterm"
    if agent:
        found["SSH_AUTH_SOCK"] = agent
    return found


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
