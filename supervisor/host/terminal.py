"""One terminal: a shell on a pseudo-terminal, its history, and whoever looks at it.

The shell is started by the first viewer and lives until it exits by itself or the
workspace ends; viewers come and go. A viewer that cannot keep up is cut off and can
come back with its offset: the shell never waits for anybody.
"""

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable, Mapping, Sequence

from supervisor.core.scrollback import Scrollback
from supervisor.host.journal import note
from supervisor.host.processes import Account, Running, start
from supervisor.host.reaper import Reaper

READ_SIZE = 65536
BACKLOG = 256
"""Chunks that a viewer may be behind before it is cut off."""


class Viewer:
    """A queue of output for one connection; None in it means the end."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(BACKLOG)
        self.behind = False

    def feed(self, data: bytes | None) -> None:
        """Add output without ever waiting."""
        try:
            self.queue.put_nowait(data)
        except asyncio.QueueFull:
            self.behind = True
            self.queue.get_nowait()
            self.queue.put_nowait(None)


class Terminal:
    """A shell with a history. `pid` is the shell's, inside the workspace."""

    def __init__(self, name: str, master: int, running: Running, used: Callable[[], None]) -> None:
        self.id = name
        self.pid = running.pid
        self.size = (80, 24)
        self.history = Scrollback()
        self.running = running
        self._used = used
        self._master = master
        self._viewers: set[Viewer] = set()
        self._pending = b""
        loop = asyncio.get_running_loop()
        loop.add_reader(master, self._readable)
        running.exited.add_done_callback(lambda _done: note("terminal_ended", terminal=name))

    @property
    def alive(self) -> bool:
        """Whether the shell still runs."""
        return not self.running.exited.done()

    @property
    def closed(self) -> bool:
        """Whether everything that was written has been read: nobody holds the terminal."""
        return self._master < 0

    def attach(self) -> Viewer:
        """Add a viewer; read `history` in the same step to miss nothing."""
        viewer = Viewer()
        self._viewers.add(viewer)
        return viewer

    def detach(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._viewers.discard(viewer)

    def write(self, data: bytes) -> None:
        """Send input to the shell; what the terminal does not take yet is kept in order."""
        if self.closed:
            return
        self._used()
        self._pending += data
        self._writable()

    def resize(self, columns: int, rows: int) -> None:
        """Tell the shell its size, both at least 1."""
        self.size = (max(1, min(columns, 1000)), max(1, min(rows, 1000)))
        if not self.closed:
            packed = struct.pack("HHHH", self.size[1], self.size[0], 0, 0)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, packed)

    def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            sent = os.write(self._master, self._pending)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(self._pending)
        self._pending = self._pending[sent:]
        if self._pending:
            loop.add_writer(self._master, self._writable)
        else:
            loop.remove_writer(self._master)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # EIO: the last process of the terminal is gone
            data = b""
        if data:
            self.history.append(data)
            for viewer in self._viewers:
                viewer.feed(data)
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)
        loop.remove_writer(self._master)
        os.close(self._master)
        self._master = -1
        for viewer in self._viewers:
            viewer.feed(None)


def open_terminal(
    name: str,
    reaper: Reaper,
    account: Account,
    cwd: str,
    environment: Mapping[str, str],
    command: Sequence[str],
    used: Callable[[], None] = lambda: None,
) -> Terminal:
    """Start a shell on a new pseudo-terminal; raises OSError when it cannot start.

    `used` is told of every input.
    """
    master, slave = os.openpty()
    try:
        running = start(
            reaper,
            command,
            account,
            cwd=cwd,
            environment={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=slave,
            output=slave,
            controlling=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
    except OSError:
        os.close(master)
        raise
    finally:
        os.close(slave)
    os.set_blocking(master, False)
    return Terminal(name, master, running, used)
