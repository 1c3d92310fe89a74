"""A pseudo-terminal: what a program writes, what it is sent, its size. Never blocks.

Each turn of the loop reads a bounded piece, so that a flood in one terminal leaves the others
their turns.
"""

import asyncio
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Callable
from contextlib import suppress

from supervisor.core.viewers import Size
from supervisor.host.foreground import Front, front, group

READ_SIZE = 64 * 1024
"""Bytes that are read in one turn."""
FLOOD = 1024
"""Bytes of a read after which another is tried in the same turn."""
REPAINT = 0.05
"""Seconds between looks whether a program that has another size has painted."""
UNSEEN = 2.0
"""Seconds after which it gets its own size back though it has said nothing."""
HELD = 0.01
"""Seconds between looks whether reading may go on."""
MOST_INPUT = 2**20
"""Bytes of input that wait for the program before whoever sends them has to wait."""


def open_pty(size: Size) -> tuple[int, int]:
    """Return (ours, the program's) descriptor of a new one; the program's blocks, ours never."""
    master, slave = os.openpty()
    os.set_blocking(master, False)
    _resize(master, size)
    return master, slave


class Pty:
    """Our end. `receive` is given output, `over` called after the last; `holds` may delay it."""

    def __init__(
        self,
        master: int,
        receive: Callable[[bytes], None],
        over: Callable[[], None],
        holds: Callable[[], bool],
    ) -> None:
        self._master = master
        self._receive = receive
        self._over = over
        self._holds = holds
        self._held: asyncio.TimerHandle | None = None
        self._returns: Size | None = None
        self._painted = False
        self._input = bytearray()
        self._room = asyncio.Event()
        self._room.set()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(master, self._readable)

    @property
    def closed(self) -> bool:
        """Whether everything that was written has been read: nobody holds the terminal."""
        return self._master < 0

    @property
    def held(self) -> bool:
        """Whether output waits that has not been read on purpose."""
        return self._held is not None

    def front(self, shell: int) -> Front:
        """Return what runs in front."""
        return Front() if self.closed else front(self._master, shell)

    def signal_front(self, number: signal.Signals) -> None:
        """Send a signal to the process group in front; gone is fine."""
        found = 0 if self.closed else group(self._master)
        if found:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(found, number)

    def resize(self, size: Size) -> None:
        """Tell the program; the kernel signals it only when something has changed."""
        if not self.closed and size != self._returns:
            self._returns = None
            _resize(self._master, size)

    def repaint(self, size: Size) -> None:
        """Make the program paint its whole screen: it does when it has another size.

        Its own comes back when it has said something: the kernel tells of two changes as of one
        to who has not looked in between, and many do not paint for the size that they know.
        """
        columns, rows = size
        self.resize((columns, rows - 1 if rows > 1 else rows + 1))
        self._returns, self._painted = size, False
        self._loop.call_later(REPAINT, self._return, size, self._loop.time() + UNSEEN)

    def _return(self, size: Size, latest: float) -> None:
        if size != self._returns:  # it got another one meanwhile, or has this again
            return
        if not self._painted and self._loop.time() < latest:
            self._loop.call_later(REPAINT, self._return, size, latest)
            return
        self._returns = None
        self.resize(size)

    async def room(self) -> None:
        """Wait until the program has taken enough of the input."""
        await self._room.wait()

    def write(self, data: bytes) -> None:
        """Send input; what the terminal does not take yet is kept in order."""
        if not self.closed:
            self._input += data
            self._writable()

    def close(self) -> None:
        """Let go of it: what still writes to it gets an error."""
        if self.closed:
            return
        if self._held is not None:
            self._held.cancel()
            self._held = None
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        os.close(self._master)
        self._master = -1
        self._room.set()
        self._over()

    def _writable(self) -> None:
        try:
            sent = os.write(self._master, self._input)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(self._input)
        del self._input[:sent]
        if self._input:
            self._loop.add_writer(self._master, self._writable)
        else:
            self._loop.remove_writer(self._master)
        if len(self._input) > MOST_INPUT:
            self._room.clear()
        else:
            self._room.set()

    def _readable(self) -> None:
        data, over = self._read()
        if data:
            self._painted = True
            self._receive(data)
        if over:
            self.close()
        elif self._holds():
            self._loop.remove_reader(self._master)
            self._held = self._loop.call_later(HELD, self._go_on)

    def _read(self) -> tuple[bytes, bool]:
        """Return what can be read in one turn, and whether that was the last."""
        data = b""
        while len(data) < READ_SIZE:
            try:
                piece = os.read(self._master, READ_SIZE)
            except BlockingIOError:
                break
            except OSError:  # EIO: the last process of the terminal is gone
                piece = b""
            if not piece:
                return data, True
            data += piece
            if len(piece) < FLOOD:
                break
        return data, False

    def _go_on(self) -> None:
        if self._holds():
            self._held = self._loop.call_later(HELD, self._go_on)
        else:
            self._held = None
            self._loop.add_reader(self._master, self._readable)


def _resize(descriptor: int, size: Size) -> None:
    columns, rows = size
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
