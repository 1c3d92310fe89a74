"""Which ports a workspace's own servers listen on: the kernel's answer read and put in order.

Source: sock_diag(7), `inet_diag_msg` of linux/inet_diag.h. Pure.
"""

import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from wire.agent import PortReport

SOCK_DIAG_BY_FAMILY = 20
_DONE = 3
_ERROR = 2
_REQUEST_AND_DUMP = 0x301
_LISTEN = 1 << 10
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI48x")
_MESSAGE = struct.Struct("=BBBB2s2s16s16sIIIIIIII")
_STATUS = struct.Struct("=i")
_IPV4, _IPV4_SIZE = 2, 4
_TCP = 6


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket; `inode` names it among the descriptors of processes."""

    port: int
    address: str
    inode: int

    @property
    def loopback(self) -> bool:
        """Whether only the workspace itself reaches it."""
        plain = self.address.removeprefix("::ffff:")
        return plain.startswith("127.") or self.address == "::1"


def request(family: int) -> bytes:
    """Return the question for every TCP socket of a family that listens."""
    body = _REQUEST.pack(family, _TCP, 0, _LISTEN)
    size = _HEADER.size + len(body)
    return _HEADER.pack(size, SOCK_DIAG_BY_FAMILY, _REQUEST_AND_DUMP, 1, 0) + body


def read(data: bytes, spell: Callable[[int, bytes], str]) -> tuple[list[Listener], bool]:
    """Return the listeners of one answer, and whether it was the last.

    `spell` is the system's inet_ntop. Raises OSError when the kernel refuses, or has not told all.
    """
    found: list[Listener] = []
    for kind, body in _messages(data):
        if kind in {_DONE, _ERROR}:
            refused = -_STATUS.unpack_from(body)[0]
            if refused > 0 or kind == _ERROR:
                raise OSError(refused, "sock_diag")
            return found, True
        fields = _MESSAGE.unpack_from(body)
        family, port, source, inode = fields[0], fields[4], fields[6], fields[-1]
        address = spell(family, source[:_IPV4_SIZE] if family == _IPV4 else source)
        found.append(Listener(int.from_bytes(port), address, inode))
    return found, False


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _HEADER.size:
        size, kind = _HEADER.unpack_from(data)[:2]
        yield kind, data[_HEADER.size : size]
        data = data[(size + 3) & ~3 :]


def reports(
    listeners: Iterable[Listener], owners: Mapping[int, str], ours: Collection[int]
) -> list[PortReport]:
    """Return one report for each port, in order.

    `owners` are names of processes by inode; `ours` are ports that are not the person's.
    Of two sockets on one port the one that is reached from outside counts, else the first.
    """
    best: dict[int, Listener] = {}
    for one in listeners:
        known = best.get(one.port)
        if one.port not in ours and (known is None or (known.loopback and not one.loopback)):
            best[one.port] = one
    return [
        PortReport(
            port=port,
            process=owners.get(one.inode, ""),
            address=one.address,
            loopback=one.loopback,
        )
        for port, one in sorted(best.items())
    ]
