"""Watches the node's file systems; gives up caches when one is short, and refuses whole copies.

How it is lies in a file that server and `podium status` read.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from daemon.core.faults import BackupFailed, Fault, fault
from daemon.core.pressure import Cache, Floor, Room, is_short, lacks, order, words
from daemon.host import files
from wire.noderoom import Given, NodeRoom, PlaceRoom, encoded

_log = structlog.get_logger(__name__)
EVERY: Final = 10.0
"""Seconds between looks."""
_KEPT: Final = 20
"""Lines of what was given up that are told."""


@dataclass(frozen=True, slots=True)
class Giving:
    """A cache: where it lies, and how it is given up."""

    place: Path
    give_up: Callable[[], Awaitable[object]]


class Pressure:
    """Over file systems and caches."""

    def __init__(
        self, places: Sequence[Path], floor: Floor, clock: Callable[[], float], told: Path
    ) -> None:
        """`places` are folders, that of whole copies first; `told` is the file that says how it is.

        Of two places on one file system the first one speaks for it.
        """
        self._places = places
        self._floor = floor
        self._clock = clock
        self._told = told
        self._caches: Mapping[Cache, Giving] = {}
        self._given: list[Given] = []
        self._lock = asyncio.Lock()
        self._last: NodeRoom | None = None

    def gives(self, caches: Mapping[Cache, Giving]) -> None:
        """Say what may be given up."""
        self._caches = caches

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the root of a task: it looks again
                _log.error("room_not_looked_at", exc_info=error)
            await asyncio.sleep(EVERY)

    async def look(self) -> list[Room]:
        """Give up what is needed, and tell; returns the file systems that stay short."""
        async with self._lock:
            rooms = await asyncio.to_thread(self._rooms)
            for room in rooms:
                if is_short(room, self._floor):
                    await self._relieve(room)
            rooms = await asyncio.to_thread(self._rooms)
            await asyncio.to_thread(self._tell, rooms)
            return [one for one in rooms if is_short(one, self._floor)]

    async def refuses(self) -> Fault | None:
        """Return why no whole copy may be made at the first place, None when one may.

        What can be given up for it goes first.
        """
        room = await asyncio.to_thread(room_of, self._places[0])
        if not is_short(room, self._floor):
            return None
        await self.look()
        room = await asyncio.to_thread(room_of, self._places[0])
        if not is_short(room, self._floor):
            return None
        return fault("disk_short", f"{words(room, self._floor)}.")

    async def demand(self) -> None:
        """Do nothing when a whole copy may be made. Raises BackupFailed."""
        short = await self.refuses()
        if short is not None:
            raise BackupFailed(short)

    async def _relieve(self, room: Room) -> None:
        devices = {one: _device(giving.place) for one, giving in self._caches.items()}
        before = room
        for cache in order(devices, room.device):
            try:
                await self._caches[cache].give_up()
            except Exception as error:  # noqa: BLE001 - one that cannot go keeps no other one
                _log.warning("cache_not_given_up", cache=cache.value, exc_info=error)
            after = await asyncio.to_thread(room_of, Path(room.place))
            freed = max(after.free - before.free, 0)
            if freed or after.inodes_free > before.inodes_free:
                _log.warning("cache_given_up", cache=cache.value, freed=freed, place=room.place)
                self._given.append(Given(cache=cache.value, freed=freed, at=self._clock()))
                del self._given[:-_KEPT]
            before = after
            if not lacks(after, self._floor):
                return

    def _rooms(self) -> list[Room]:
        found: dict[int, Room] = {}
        for place in self._places:
            if place.exists():
                room = room_of(place)
                found.setdefault(room.device, room)
        return list(found.values())

    def _tell(self, rooms: list[Room]) -> None:
        told = NodeRoom(
            places=[
                PlaceRoom(
                    place=one.place,
                    free=one.free,
                    total=one.total,
                    short=words(one, self._floor) if is_short(one, self._floor) else "",
                )
                for one in rooms
            ],
            given=list(self._given),
        )
        known = self._last
        same = known is not None and [(one.place, one.short) for one in known.places] == [
            (one.place, one.short) for one in told.places
        ]
        if not same or known is None or known.given != told.given:
            files.write_whole(self._told, encoded(told).decode(), 0o644)
            self._last = told
        if not same and any(one.short for one in told.places):
            _log.warning("disk_short", places=[one.short for one in told.places if one.short])


def room_of(place: Path) -> Room:
    """Return the file system that a folder lies on. Raises OSError."""
    found = os.statvfs(place)
    return Room(
        place=str(place),
        device=place.stat().st_dev,
        free=found.f_bavail * found.f_frsize,
        total=found.f_blocks * found.f_frsize,
        inodes_free=found.f_favail,
        inodes=found.f_files,
    )


def _device(place: Path) -> int:
    try:
        return place.stat().st_dev
    except OSError:
        return -1
