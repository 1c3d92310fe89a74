"""VS Code's server, begun before the supervisor's own parts are loaded: both load at once.

This is the first thing that the first process does, so it imports next to nothing. Nobody
knows yet whether VS Code is wanted, in which folder, with which variables: it is told all that,
or ended, when the server has spoken.
"""

import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from supervisor.core.ahead import NODE, SERVER
from supervisor.host.idelog import LOG, open_log

SCRIPT = "/.supervisor/site/supervisor/vscode/ahead.mjs"
PERSON = 33333


class Ahead:
    """The process, whose it is, and the variables with which it was begun."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", ids: tuple[int, ...], begun: Mapping[str, str]
    ) -> None:
        assert process.stdin is not None
        self.pid = process.pid
        self.ids = ids
        self.begun = begun
        self._words = process.stdin

    def tell(self, words: bytes) -> bool:
        """Say what it is to be; False when that cannot be said at once, and it has to be ended."""
        try:
            os.set_blocking(self._words.fileno(), False)
            return os.write(self._words.fileno(), words) == len(words)
        except (OSError, ValueError):  # it has ended, or was told already
            return False
        finally:
            self._words.close()

    def end(self) -> None:
        """End it, before it has been waited for: nobody wants it."""
        self._words.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def ids_of(user: int) -> tuple[int, ...]:
    """Return the numbers of a user, its group and its further groups; of one that is not known."""
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        return user, user
    further = {*os.getgrouplist(entry.pw_name, entry.pw_gid)} - {entry.pw_gid}
    return entry.pw_uid, entry.pw_gid, *sorted(further)


def hear_signals() -> None:
    """Forget what was ignored or blocked before.

    A platform that was started in a shell's background ignores SIGINT, and so
    would everything below it: no shell can undo that, and Ctrl+C would be dead.
    """
    pythons_own = {signal.SIGPIPE, signal.SIGXFSZ}  # which it undoes in its children
    for number in signal.valid_signals() - pythons_own:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def begin(
    environ: Mapping[str, str],
    command: Sequence[str] = (NODE, SCRIPT, SERVER),
    log: str = LOG,
    user: int = PERSON,
) -> Ahead | None:
    """Start it; None where there is no VS Code, or it cannot be started."""
    if not all(map(os.path.exists, command)):
        return None
    hear_signals()
    ids = ids_of(user)
    root = os.geteuid() == 0
    begun = {name: environ[name] for name in ("PATH", "LANG") if name in environ}
    output = open_log(log)
    try:
        process = subprocess.Popen(
            list(command),
            cwd="/",
            env=begun,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o022,
            user=ids[0] if root else None,
            group=ids[1] if root else None,
            extra_groups=ids[2:] if root else None,
        )
    except OSError:
        return None
    finally:
        os.close(output)
    process.returncode = 0  # the reaper owns waiting; Popen must not try
    return Ahead(process, ids, begun)
