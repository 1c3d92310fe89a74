"""One line per long step: what is done, and how long it took; the rest goes to a log file.

On a terminal the last line ticks and names every step that runs at the moment; elsewhere
a step is one plain line, printed when it is over.
"""

import contextlib
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self, TextIO

from cli.setup.commands import Commands, InterruptedBuildError
from kit.clock import Clock

_TAIL = 15
_TICK = 1.0
_TITLE = 44


class StepFailedError(Exception):
    """A step did not work; the text says what, why and what to do."""


class Board:
    """What runs at the moment, on one stream, for several threads."""

    def __init__(self, out: TextIO, clock: Clock) -> None:
        self.clock = clock
        self._out = out
        self._live = out.isatty()
        self._guard = threading.Lock()
        self._running: dict[str, float] = {}
        self._over = threading.Event()

    @contextlib.contextmanager
    def ticking(self) -> Iterator[None]:
        """Keep the last line of a terminal moving while the block runs."""
        thread = threading.Thread(target=self._tick, daemon=True)
        if self._live:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            if self._live:
                thread.join()
                self._write("\r\x1b[K")

    def say(self, text: str) -> None:
        """Print a line of its own."""
        with self._guard:
            self._line(text)

    def begin(self, title: str) -> None:
        """A step starts."""
        with self._guard:
            self._running[title] = self.clock.monotonic()
            self._draw()

    def end(self, title: str, how: str) -> None:
        """A step is over; `how` is "done" or "failed"."""
        with self._guard:
            took = self.clock.monotonic() - self._running.pop(title)
            self._line(f"  {title:<{_TITLE}} {how} in {took:5.1f} s")
            self._draw()

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            with self._guard:
                self._draw()

    def _line(self, text: str) -> None:
        self._write(f"\r\x1b[K{text}\n" if self._live else f"{text}\n")

    def _draw(self) -> None:
        if not self._live or not self._running:
            return
        now = self.clock.monotonic()
        parts = [f"{title} {now - began:.0f} s" for title, began in self._running.items()]
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r\x1b[K{('  ' + ' · '.join(parts))[:width]}")

    def _write(self, text: str) -> None:
        # a reader that has gone away must not end the build
        with contextlib.suppress(BrokenPipeError):
            self._out.write(text)
            self._out.flush()


class Step:
    """A step with a title and a log file; used as a context manager."""

    def __init__(self, title: str, log: Path, board: Board, commands: Commands) -> None:
        self._title = title
        self._log = log
        self._board = board
        self._commands = commands

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        self._board.begin(self._title)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        ended = "stopped" if isinstance(error, InterruptedBuildError) else "failed"
        self._board.end(self._title, ended if error else "done")

    def attempt(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """Run a command with its output in the step's log; return its exit code."""
        return self._commands.run(command, self._log, cwd=cwd, environment=environment)

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run a command that must succeed; raises StepFailedError."""
        code = self.attempt(command, cwd=cwd, environment=environment)
        if code != 0:
            raise self.failure(f"{command[0]} ended with {code}")

    def told(self, command: Sequence[str], environment: Mapping[str, str]) -> str:
        """Return the last line that a command writes; raises StepFailedError."""
        self.run(command, environment=environment)
        lines = self._log.read_text(errors="replace").split()
        return lines[-1] if lines else ""

    def failure(self, cause: str) -> StepFailedError:
        """Return an error that says what failed, why, and what to do."""
        lines = self._log.read_text(errors="replace").splitlines()[-_TAIL:]
        shown = "".join(f"    {line}\n" for line in lines)
        return StepFailedError(
            f"{self._title}: {cause}.\n{shown}"
            f"  Everything it said: {self._log}\n"
            "  Mend the cause (most often the network or a full disk) and repeat the command; "
            "what is finished is kept."
        )
