"""Whether somebody uses an SSH connection, from the messages that pass (RFC 4254). Pure.

A terminal is used when keys come, not when it prints. In every other channel it is the amount
that tells: an editor that is open sends a few bytes every few seconds to say that it is there,
one that is typed into kilobytes, and a copy megabytes.
"""

from enum import Enum, auto

OPEN = 90
CONFIRMATION = 91
DATA = 94
EXTENDED_DATA = 95
CLOSE = 97
REQUEST = 98

WINDOW = 30.0
"""Seconds over which amounts are taken together."""
MUCH_IN = 4096
"""Bytes to the workspace in a window that only somebody's work makes."""
MUCH_OUT = 1 << 20
"""Bytes out of it."""
MOST_CHANNELS = 4096
_DOES = frozenset({b"shell", b"exec", b"subsystem"})


class _Kind(Enum):
    AMOUNT = auto()
    TERMINAL = auto()


class Use:
    """Follows the channels of one connection; numbers of channels are those of their receiver."""

    def __init__(self, now: float) -> None:
        self._inside: dict[int, _Kind] = {}
        """By the workspace's number, which the client writes on what it sends."""
        self._used = False
        self._in = self._out = 0
        self._since = now

    def from_client(self, message: bytes) -> None:
        """Take in a message of the client's."""
        kind = message[0]
        if kind == DATA:
            if self._inside.get(_number(message, 1)) is _Kind.TERMINAL:
                self._used = True
            else:
                self._in += len(message)
        elif kind == REQUEST:
            self._request(message)
        elif kind == CLOSE:
            self._inside.pop(_number(message, 1), None)

    def from_inside(self, message: bytes) -> None:
        """Take in a message of the workspace's."""
        kind = message[0]
        if kind == CONFIRMATION and len(self._inside) < MOST_CHANNELS:
            self._inside[_number(message, 5)] = _Kind.AMOUNT
        elif kind in {DATA, EXTENDED_DATA}:
            self._out += len(message)

    def take(self, now: float) -> bool:
        """Tell whether it was used since this was asked last."""
        used, self._used = self._used, False
        if self._in >= MUCH_IN or self._out >= MUCH_OUT:
            used = True
            self._in = self._out = 0
            self._since = now
        elif now - self._since >= WINDOW:
            self._in = self._out = 0
            self._since = now
        return used

    def _request(self, message: bytes) -> None:
        channel, length = _number(message, 1), _number(message, 5)
        name = message[9 : 9 + length]
        if name == b"pty-req" and channel in self._inside:
            self._inside[channel] = _Kind.TERMINAL
        elif name in _DOES:
            self._used = True


def _number(message: bytes, at: int) -> int:
    return int.from_bytes(message[at : at + 4], "big")
