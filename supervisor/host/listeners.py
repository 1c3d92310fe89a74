"""Asking the kernel who listens, and /proc whose sockets these are."""

import asyncio
import os
import socket
from collections.abc import Callable, Collection, Iterable

from supervisor.core.ports import Listener, read, reports, request
from supervisor.host.journal import note
from wire.agent import PortReport

LOOK_EVERY = 0.4
"""Seconds: the kernel tells nobody when that changes, and a look takes about 0.1 ms."""
ASK_AGAIN_EVERY = 10.0
"""Seconds after an answer that failed, as when descriptors or memory have run out."""
_SCANS = 5
"""Looks for the owner of a socket: it may have handed it to a child in the middle of one. A
socket of the kernel, or of a process outside, has none that is seen."""
_NETLINK_SOCK_DIAG = 4
_ANSWER = 65536
_PLATFORM = ("/ide/", "/.supervisor/")
"""Programs whose ports are not the person's."""


class Listeners:
    """Remembers whose socket is whose, so that /proc is read only for new ones."""

    def __init__(self, ours: Collection[int]) -> None:
        self._ours = frozenset(ours)
        self._owners: dict[int, str | None] = {}
        """Inode → process name; None for a program of the platform, empty while not found."""
        self._scans: dict[int, int] = {}
        """Inode without an owner → how often one was looked for."""

    def look(self) -> list[PortReport]:
        """Return what listens now; raises OSError where the kernel does not tell."""
        found = [one for family in (socket.AF_INET, socket.AF_INET6) for one in _ask(family)]
        found = [one for one in found if one.port not in self._ours]
        inodes = {one.inode for one in found}
        self._find_owners(inodes)
        names = {inode: name for inode, name in self._owners.items() if name is not None}
        return reports([one for one in found if one.inode in names], names, self._ours)

    def _find_owners(self, inodes: set[int]) -> None:
        open_ones = {one for one in inodes if not self._known(one)}
        if open_ones:
            self._owners.update(_owners(inodes))
        self._owners = {one: self._owners.get(one, "") for one in inodes}
        self._scans = {
            one: self._scans.get(one, 0) + (one in open_ones)
            for one in inodes
            if self._owners[one] == ""
        }

    def _known(self, inode: int) -> bool:
        return self._owners.get(inode, "") != "" or self._scans.get(inode, 0) >= _SCANS

    async def watch(
        self, tell: Callable[[list[PortReport]], None], again: float = ASK_AGAIN_EVERY
    ) -> None:
        """Look for ever, and tell what is new; what was told stays while the kernel is silent."""
        known: list[PortReport] = []
        silent = ""
        while True:
            try:
                found = self.look()
            except OSError as error:
                if silent != str(error):
                    note("ports_unknown", error=str(error))
                silent = str(error)
                await asyncio.sleep(again)
                continue
            silent = ""
            if found != known:
                known = found
                tell(found)
            await asyncio.sleep(LOOK_EVERY)


def serves(pids: Iterable[int]) -> bool:
    """Tell whether one of the processes listens on a port; where nobody tells, none does."""
    try:
        found = [one for family in (socket.AF_INET, socket.AF_INET6) for one in _ask(family)]
    except OSError:
        return False
    wanted = {f"socket:[{one.inode}]": one.inode for one in found}
    return any(_sockets(str(pid), wanted) for pid in pids)


def _ask(family: int) -> list[Listener]:
    found: list[Listener] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(1.0)
        kernel.send(request(family))
        last = False
        while not last:
            some, last = read(kernel.recv(_ANSWER), socket.inet_ntop)
            found += some
    return found


def _owners(inodes: Collection[int]) -> dict[int, str | None]:
    """Return the name of the process that holds each socket, as far as /proc tells."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[int, str | None] = {}
    for pid in os.listdir("/proc"):  # noqa: PTH208 - lean start, no pathlib
        if pid.isdecimal() and len(found) < len(wanted):
            for inode in _sockets(pid, wanted):
                found.setdefault(inode, _name(pid))
    return found


def _sockets(pid: str, wanted: dict[str, int]) -> list[int]:
    folder, found = f"/proc/{pid}/fd", []
    try:
        descriptors = os.listdir(folder)  # noqa: PTH208 - lean start, no pathlib
    except OSError:  # ended meanwhile
        return []
    for one in descriptors:
        try:
            target = os.readlink(f"{folder}/{one}")  # noqa: PTH115 - lean start, no pathlib
        except OSError:
            continue
        if target in wanted:
            found.append(wanted[target])
    return found


def _name(pid: str) -> str | None:
    try:
        program = os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 - lean start, no pathlib
        if program.startswith(_PLATFORM):
            return None
        with open(f"/proc/{pid}/comm", errors="replace") as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read().strip()
    except OSError:
        return ""
