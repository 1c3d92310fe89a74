"""What is kept back of workspaces' disks while the node is short: a file in each, of blocks only.

It is allocated and never written, so it takes blocks of the disk and none of the node. It lies
beside tree and home, where no workspace sees it. How large each is to be is decided in
core/reserves.py, by what disks and node have free; a disk that is mounted meanwhile waits for that.

What a disk may still take of the node is what is free on it, and what is taken on it and not of the
node yet: bytes in memory, the rest of its journal, space that programs have set aside. What is free
is counted first, then what the node has given, then what it has left: whatever programs write
meanwhile counts once at least. Who fills the node from outside sees only what it has given: so
where that matters, disks write out before a look what they have in memory.

A disk that answers no more holds up nobody else: each is asked in a thread, for a while.
"""

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from daemon.core import reserves
from daemon.core.reserves import Disk
from daemon.host import ext4, extents, files
from daemon.host.disks import Disks
from daemon.host.newdisk import IMAGE

_log = structlog.get_logger(__name__)
FILE: Final = ".reserve"
_HOW: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_WITHIN: Final = 2.0
"""Seconds that one disk may take to answer."""
_WRITTEN_WITHIN: Final = 30.0
"""Seconds that they may take to write: who mounts one meanwhile does not wait for that."""
Told = Callable[[Mapping[str, int]], None]
"""Takes bytes that are kept back, by name of the disk."""


class Reserves:
    """Of all disks that are mounted; `floor` in bytes stays free of their node besides."""

    def __init__(self, disks: Disks, root: Path, floor: int) -> None:
        self._disks = disks
        self._root = root
        self._floor = floor
        self._known: dict[str, Disk] = {}
        self._lock = threading.Lock()
        self._slow: dict[str, threading.Thread] = {}
        self._wrong: dict[str, str] = {}
        """Disks that are broken, which is told once."""
        self._before: dict[str, tuple[int, int]] = {}
        self._scarce = False
        disks.on_mount = self._mounted

    async def run(self, told: Told) -> None:
        """Look for ever."""
        while True:
            wait = reserves.OFTEN
            try:
                wait = reserves.patience(await asyncio.to_thread(self.look))
                await asyncio.to_thread(told, self.held())
            except Exception as error:  # noqa: BLE001 - the root of a task: it looks again
                _log.error("reserves_not_kept", exc_info=error)
            await asyncio.sleep(wait)

    def held(self) -> dict[str, int]:
        """Return the bytes that are kept back of each disk."""
        return {name: one.held for name, one in self._known.items()}

    def look(self) -> int:
        """Keep back what the node cannot give; returns the bytes that it can. Blocks."""
        self._write_out()
        with self._lock:
            return self._look()

    def _look(self, own: str = "") -> int:
        """Look at all disks; the turn of `own` is the caller's."""
        self._measure_all(own)
        room = self._room()
        if reserves.near(self._known, room) and self._back(room, own):
            self._measure_all(own)
            room = self._room()
        self._scarce = reserves.scarce(self._known, room)
        wanted = reserves.held(self._known, room)
        # who has to give goes first
        for name in sorted(wanted, key=lambda one: wanted[one] < self._known[one].held):
            if wanted[name] != self._known[name].held:
                self._hold(name, wanted[name], own)
        return reserves.left(self._known, room)

    def _mounted(self, name: str) -> None:
        """Look before anybody writes to a disk; where others answer late, at this one alone."""
        self._wrong.pop(name, None)
        try:
            self._each(name, make, name)
            if self._lock.acquire(timeout=_WITHIN):
                try:
                    self._look(name)
                finally:
                    self._lock.release()
            else:
                self._alone(name)
        except OSError as error:  # no reason not to mount it: it is looked again in a second
            _log.error("reserves_not_kept", exc_info=error)

    def _alone(self, name: str) -> None:
        others = {other: one for other, one in self._known.copy().items() if other != name}
        disk = self._measured(name, name)
        if disk is not None:
            self._known[name] = disk
            wanted = reserves.held_alone(disk, others, self._room())
            if wanted != disk.held:
                self._hold(name, wanted, name)

    def _room(self) -> int:
        state = os.statvfs(self._root)
        free, total = state.f_bavail * state.f_frsize, state.f_blocks * state.f_frsize
        return max(free - reserves.margin(self._floor, total), 0)

    def _each(self, name: str, work: Callable[[Path], object], own: str) -> object:
        """Do something about a disk while it is mounted; None when it is not, or was busy."""
        if name == own:
            return self._one(name, work)
        found: list[object] = []
        thread = self._start(name, lambda place: found.append(work(place)))
        if thread is not None:
            self._await(name, thread, _WITHIN)
        return found[0] if found else None

    def _start(self, name: str, work: Callable[[Path], object]) -> threading.Thread | None:
        """Return the thread that does it; None while the one before has not come back."""
        before = self._slow.get(name)
        if before is not None and before.is_alive():
            return None
        thread = threading.Thread(target=self._one, args=(name, work), daemon=True)
        self._slow[name] = thread
        thread.start()
        return thread

    def _await(self, name: str, thread: threading.Thread, seconds: float) -> None:
        thread.join(max(seconds, 0))
        if thread.is_alive():
            self._tell_wrong(name, "disk_does_not_answer", "")

    def _write_out(self) -> None:
        """Have disks that have changed write what they hold in memory, all at once."""
        state = {name: (one.free + one.held, one.owed) for name, one in self._known.copy().items()}
        if self._scarce:
            until = time.monotonic() + _WRITTEN_WITHIN
            changed = [name for name, one in state.items() if self._before.get(name) != one]
            threads = [(name, self._start(name, files.sync_filesystem)) for name in changed]
            for name, thread in threads:
                if thread is not None:
                    self._await(name, thread, until - time.monotonic())
        self._before = state

    def _tell_wrong(self, name: str, event: str, why: str) -> None:
        if self._wrong.get(name) != event + why:
            self._wrong[name] = event + why
            _log.warning(event, disk=name, error=why)

    def _one(self, name: str, work: Callable[[Path], object]) -> object:
        turn, place = self._disks.turn(name), self._disks.place(name)
        if not turn.acquire(blocking=False):  # who mounts it waits for this look
            return None
        try:
            return work(place) if place.is_mount() else None
        except OSError as error:  # it is broken: that is told by who needs it
            self._tell_wrong(name, "disk_not_looked_at", str(error))
            return None
        finally:
            turn.release()

    def _measure_all(self, own: str) -> None:
        names = self._disks.on_host()
        found = {name: self._measured(name, own) for name in names}
        self._known = {name: one for name, one in found.items() if one is not None}

    def _measured(self, name: str, own: str) -> Disk | None:
        found = self._each(name, lambda place: self._measure(name, place), own)
        return found if isinstance(found, Disk) else self._known.get(name)

    def _measure(self, name: str, place: Path) -> Disk:
        state, held = os.statvfs(place), held_bytes(place)
        image, size = self._disks.folder(name) / IMAGE, self._disks.size(name)
        free, journal = state.f_bfree * state.f_frsize, ext4.journal_of(size)
        tables = size - state.f_blocks * state.f_frsize - journal
        unused = max(tables - ext4.tables_used(image), 0)
        lacking = max(size - self._disks.used_bytes(name) - free - held, 0)
        return Disk(
            free=free,
            kept=ext4.kept_of(image),
            held=held,
            owed=max(lacking - unused, min(journal, lacking)),
            journal=journal,
        )

    def _back(self, room: int, own: str) -> bool:
        """Have the node give what was set aside in files, while it can; tells whether it did."""
        done = False
        for name, one in self._known.items():
            if one.promised and one.owed <= room:
                image = self._disks.folder(name) / IMAGE
                self._each(name, partial(extents.back, image, but=FILE), own)
                room -= one.owed
                done = True
        return done

    def _hold(self, name: str, wanted: int, own: str) -> None:
        before = self._known[name]
        self._each(name, lambda place: hold(place, wanted, before.kept), own)
        now = self._measured(name, own)
        if now is not None:
            self._known[name] = now
            if now.held != before.held:
                self._wrong.pop(name, None)
            if bool(before.held) != bool(now.held):
                _log.info("disk_held_back", disk=name, held=now.held)


def make(place: Path) -> None:
    """Make the file, which takes no block: where it is needed nothing may be left to make it of."""
    os.close(os.open(place / FILE, _HOW | os.O_CREAT, 0o600))


def held_bytes(place: Path) -> int:
    """Return what is kept back of the disk that is mounted there."""
    try:
        return (place / FILE).lstat().st_size
    except FileNotFoundError:
        return 0


def hold(place: Path, wanted: int, kept: int) -> None:
    """Keep back so many bytes, or as many as there are but for `kept`. Raises OSError."""
    if not wanted and not held_bytes(place):
        return
    file = os.open(place / FILE, _HOW | os.O_CREAT, 0o600)
    try:
        there = os.fstat(file).st_size
        if wanted < there:
            os.ftruncate(file, wanted)
            return
        more = min(wanted - there, _above(file, kept))
        if more <= 0:
            return
        try:
            os.posix_fallocate(file, there, more)
        except OSError as error:
            if error.errno != errno.ENOSPC:  # somebody was faster
                raise
        taken = -_above(file, kept)  # root may take what is kept, and others wrote meanwhile
        if taken > 0:
            os.ftruncate(file, max(os.fstat(file).st_size - taken, there))
    finally:
        os.close(file)


def _above(file: int, kept: int) -> int:
    """Return the free bytes beyond those; negative where less is free."""
    state = os.fstatvfs(file)
    return state.f_bfree * state.f_frsize - kept
