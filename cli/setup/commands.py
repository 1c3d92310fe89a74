"""Foreign programs whose whole process tree ends with set-up, however set-up ends.

Package managers start processes of their own, which would go on writing after a Ctrl-C or
a kill. So each command runs as the first process of a pid namespace: when it goes, the
kernel takes the rest along, and `setpriv` lets it go when set-up does. Its mounts stay in
a mount namespace of its own, so that a half-built root filesystem never has the host's
/proc or /dev below it.
"""

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONFINED = (
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--pid",
    "--mount",
    "--mount-proc",
    "--fork",
    "--kill-child",
)


class InterruptedBuildError(Exception):
    """Set-up is ending; no further command is started."""


class Commands:
    """Starts commands for several threads, and ends all of them at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(
        self,
        command: Sequence[str],
        log: Path,
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """Run a command with its output appended to `log`; return its exit code."""
        confined = [*_CONFINED, *command] if os.geteuid() == 0 else list(command)
        with log.open("ab") as output:
            output.write(f"$ {' '.join(command)}\n".encode())
            output.flush()
            with self._guard:
                if self._stopped:
                    raise InterruptedBuildError
                process = subprocess.Popen(
                    confined,
                    cwd=cwd,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self._running.add(process)
            try:
                code = process.wait()
            except KeyboardInterrupt:
                process.kill()
                process.wait()
                raise
            finally:
                with self._guard:
                    self._running.discard(process)
        if self._stopped:
            raise InterruptedBuildError
        return code

    def stop(self) -> None:
        """End what runs and refuse what comes."""
        with self._guard:
            self._stopped = True
            for process in self._running:
                process.kill()
