"""The history of a terminal: its output by offset, read and kept without holding up the loop."""

import asyncio
from functools import partial

from supervisor.core.pacing import Brake
from supervisor.core.scrollback import Scrollback
from supervisor.host.journal import note
from supervisor.host.rings import Ring

REST = 10.0
"""Seconds before a disk that took nothing is asked again."""


class History:
    """Output goes in at once; what is too much for memory goes to the disk on other threads."""

    def __init__(self, ring: Ring, name: str = "", rest: float = REST) -> None:
        self.book = Scrollback()
        self._ring = ring
        self._name = name
        self._rest = rest
        self._storing: asyncio.Future[None] | None = None
        self._not_before = 0.0
        self._brake = Brake()
        self._reading = 0
        self._closed = False
        self._failed = False

    @property
    def begin(self) -> int:
        """Offset of the oldest byte that can be read."""
        return self.book.begin

    @property
    def end(self) -> int:
        """Offset after the newest byte."""
        return self.book.end

    def append(self, data: bytes) -> None:
        """Add output; never waits."""
        self.book.append(data)
        if self._failed and self.book.begin == self.book.memory:
            self._free()  # what lies there is worth nothing any more, and space is short
        self._store()

    def holds(self) -> bool:
        """Tell whether the program has to wait a moment for a disk that takes what it can.

        One that is full, or hangs, is not waited for.
        """
        now = asyncio.get_running_loop().time()
        taken = self.book.written if self._storing is not None else None
        return self._brake.holds(self.end, taken, now)

    def since(self, offset: int) -> tuple[int, bytes]:
        """Return (offset of the first, bytes) from an offset on, as far back as memory goes."""
        first = max(self.book.start(offset), self.book.memory)
        return first, self.book.recent(first) or b""

    async def read(self, offset: int, limit: int) -> tuple[int, bytes]:
        """Return (offset of the first, bytes): at most `limit`, from an offset on.

        The offset is larger than asked for where the history does not reach back any more;
        without bytes there is nothing newer.
        """
        while True:
            offset = self.book.start(offset)
            data = self.book.recent(offset, limit)
            if data is not None:
                return offset, data
            data = await self._load(offset, self.book.stored(offset, limit))
            if data and self.book.stored(offset, 1):  # not overwritten meanwhile
                return offset, data
            if not data and self.book.stored(offset, 1):
                self.book.forget()  # a file that cannot be read is none

    async def _load(self, offset: int, count: int) -> bytes:
        loop = asyncio.get_running_loop()
        self._reading += 1
        loading = loop.run_in_executor(None, self._ring.load, offset, count)
        loading.add_done_callback(self._loaded)
        try:
            # a viewer may leave meanwhile: the file must stay open until the thread is done
            return await asyncio.shield(loading)
        except OSError as error:
            note("scrollback_not_read", terminal=self._name, error=str(error))
            return b""

    def _loaded(self, done: "asyncio.Future[bytes]") -> None:
        self._reading -= 1
        if not done.cancelled():
            done.exception()  # it is told above, unless nobody waits any more
        if self._closed:
            self._free()

    def file(self) -> tuple[int, int]:
        """Return (descriptor, offset after the last byte in it): -1 while all is in memory."""
        return self._ring.fileno(), self.book.written

    def close(self) -> None:
        """Give the disk back once nobody reads or writes; what memory has stays."""
        self._closed = True
        self.book.forget()
        self._free()

    def _free(self) -> None:
        """Give the disk back, unless somebody still reads or writes."""
        if not self._reading and self._storing is None:
            self._ring.close()
            self._failed = False

    def _store(self) -> None:
        """Write what is due, one piece after the other."""
        loop = asyncio.get_running_loop()
        if self._storing is not None or self._closed or loop.time() < self._not_before:
            return
        due = self.book.due()
        if due is None:
            return
        self._storing = loop.run_in_executor(None, self._ring.store, *due)
        self._storing.add_done_callback(partial(self._stored, due[0], len(due[1])))

    def _stored(self, offset: int, count: int, done: "asyncio.Future[None]") -> None:
        self._storing = None
        if done.cancelled():  # the supervisor ends
            return
        error = done.exception()
        if error is None:
            self.book.wrote(offset, count)
            self._store()
        else:
            note("scrollback_not_stored", terminal=self._name, error=str(error))
            self._failed = True
            self._not_before = asyncio.get_running_loop().time() + self._rest
        if self._closed:
            self._free()
