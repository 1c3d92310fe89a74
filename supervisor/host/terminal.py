"""One terminal: a shell on a pseudo-terminal, its history, and whoever looks at it.

It lives until its shell ends, somebody closes it, or the workspace ends; viewers come and go.
What core/pacing.py calls the brake is the only thing that a program ever waits for.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from supervisor.core.front import title
from supervisor.core.listing import Facts, Listed, ended
from supervisor.core.modes import Switches
from supervisor.core.pacing import Brake
from supervisor.core.viewers import Size
from supervisor.host.audience import Audience
from supervisor.host.foreground import Front
from supervisor.host.history import History
from supervisor.host.journal import note
from supervisor.host.processes import Running
from supervisor.host.pty import Pty
from supervisor.host.viewer import Viewer

LOOK_AFTER = 0.2
"""Seconds after output or input at which the title is looked at, as Gitpod."""
LAST_WORDS = 0.5
"""Seconds of silence that end an ended shell's words: what it left behind may hold the terminal."""
GRACE = 5.0
"""Seconds between the hang-up and the end of what does not care."""


class Terminal:
    """A shell with a history. `pid` is the shell's, inside the workspace."""

    def __init__(
        self,
        name: str,
        master: int,
        running: Running,
        facts: Facts,
        history: History,
        used: Callable[[], None],
        over: Callable[[], None],
        size: Size,
    ) -> None:
        self.id = name
        self.life = os.urandom(6).hex()
        """Tells this terminal from an earlier one of the same name: offsets are of one life."""
        self.pid = running.pid
        self.facts = facts
        self.history = history
        self.running = running
        self.last_output: float | None = None
        self.ended = asyncio.Event()
        """The shell has ended and everything it wrote has been read."""
        self.closing = False
        """Somebody has closed it: it is forgotten when it has ended."""
        self._used = used
        self._over = over
        self.audience = Audience(size, history, self._resize)
        self._brake = Brake()
        self.switches = Switches()
        self._front = Front()
        self._looking: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._pty = Pty(master, self.show, self._last_words, self._holds)
        running.exited.add_done_callback(self._exited)

    @property
    def alive(self) -> bool:
        """Whether the shell still runs."""
        return not self.running.exited.done()

    @property
    def closed(self) -> bool:
        """Whether everything that was written has been read: nobody holds the terminal."""
        return self._pty.closed

    @property
    def size(self) -> Size:
        """Columns and rows."""
        return self.audience.size

    @property
    def title(self) -> str:
        """What it is called now: the given title and what runs in front."""
        return title(self.facts.title, self.look().name)

    def exit(self) -> dict[str, Any] | None:
        """Return how the shell ended; None while it runs."""
        if self.alive:
            return None
        code, number = ended(self.running.exited.result())
        return {"code": code, "signal": signal.Signals(number).name if number else None}

    def look(self) -> Front:
        """Look at what runs in front; tell the viewers when that is another."""
        seen = self._pty.front(self.pid) if self.alive else Front()
        if seen.name != self._front.name:
            self._front = seen
            self.audience.tell({"title": title(self.facts.title, seen.name)})
        return seen

    def listed(self) -> Listed:
        """Return it as lists have it."""
        seen, how = self.look(), self.exit() or {}
        columns, rows = self.size
        return Listed(
            id=self.id,
            alias=self.id,
            life=self.life,
            title=title(self.facts.title, seen.name),
            given_title=self.facts.title,
            task=self.facts.task,
            command=list(self.facts.command),
            cwd=seen.cwd or self.facts.cwd,
            annotations=dict(self.facts.annotations),
            pid=self.pid,
            alive=self.alive,
            exit_code=how.get("code"),
            signal=how.get("signal"),
            begin=self.history.begin,
            end=self.history.end,
            last_output_at=self.last_output,
            cols=columns,
            rows=rows,
            viewers=self.audience.listed(),
        )

    def rename(self, given: str) -> None:
        """Give it another title; empty is none."""
        self.facts.title = given
        self.audience.tell({"title": title(given, self._front.name)})

    # --- who looks ---

    def attach(self, offset: int = 0, kind: str = "browser", name: str = "") -> Viewer:
        """Add a viewer, who is given what follows an offset."""
        viewer = self.audience.join(offset, kind, name)
        if self.ended.is_set():
            viewer.end({"exit": self.exit()})
        return viewer

    def type(self, viewer: Viewer, data: bytes) -> None:
        """Take a viewer's input."""
        self.audience.typed(viewer)
        self.write(data)

    def _resize(self, size: Size) -> None:
        self._pty.resize(size)

    def repaint(self) -> None:
        """Let a program that paints the whole screen do so for who begins in the middle."""
        if self.switches.painted:
            self._pty.repaint(self.size)

    # --- input and output ---

    async def room(self) -> None:
        """Wait until the program has taken enough of the input."""
        await self._pty.room()

    def write(self, data: bytes) -> None:
        """Send input to the shell."""
        self._used()
        self._pty.write(data)
        self._look_soon()

    def show(self, data: bytes) -> None:
        """Take in output: the program's, or a notice of ours."""
        self.last_output, self._heard = time.time(), self._loop.time()
        self.history.append(data)
        self.switches.feed(data)
        self.audience.wake()
        self._look_soon()

    def _holds(self) -> bool:
        waits = self._brake.holds(self.history.end, self.audience.ahead, self._loop.time())
        return self.history.holds() or waits

    def _look_soon(self) -> None:
        if self.audience and self._looking is None:
            self._looking = self._loop.call_later(LOOK_AFTER, self._look_now)

    def _look_now(self) -> None:
        self._looking = None
        self.look()

    # --- its end ---

    def hang_up(self) -> None:
        """Tell shell and foreground that the terminal is gone; end them if they do not care.

        What was started with nohup goes on, as after the end of any terminal.
        """
        self._signal(signal.SIGHUP)
        self._signal(signal.SIGCONT)
        self._loop.call_later(GRACE, self._end)

    def _end(self) -> None:
        if self.alive:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        self._pty.signal_front(number)
        self.running.signal_group(number)

    def _exited(self, _code: "asyncio.Future[int]") -> None:
        note("terminal_ended", terminal=self.id)
        self._heard = self._loop.time()
        self._last_words()

    def _last_words(self) -> None:
        """Be over when everything was read, or nothing has come for a while."""
        if self.ended.is_set() or self.alive:
            return
        quiet = self._loop.time() - self._heard >= LAST_WORDS
        if self.closed or (quiet and not self._pty.held):
            self.ended.set()
            self.audience.end({"exit": self.exit()})
            self._over()
        else:
            self._loop.call_later(LAST_WORDS, self._last_words)

    def forget(self) -> None:
        """Let go of the terminal and give the disk back."""
        self._pty.close()
        self.history.close()
