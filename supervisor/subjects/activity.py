"""Who uses the workspace, what is at work in it, and until when it runs."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from kit.durations import seconds_of
from supervisor.api import activity as api
from supervisor.api.endpoint import Endpoint
from supervisor.core.config import Config
from supervisor.host.terminals import Terminals
from supervisor.host.wake import Wake
from supervisor.host.work import Seen, Work
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import JOB_LIMIT, NO_TIMEOUT, Desired


class ActivitySubject(Subject):
    """`ide` gives the pid of the IDE, whose own work is not the person's.

    `terminals` gives those of the supervisor, and terminal → name of its task; `config` what
    the repository's file says.
    """

    def __init__(
        self,
        context: Context,
        ide: Callable[[], int],
        terminals: Callable[[], tuple[Terminals, Mapping[str, str]]],
        config: Callable[[], Config | None],
    ) -> None:
        self._context = context
        self._ide = ide
        self._terminals = terminals
        self._config = config
        self.wake = Wake(context.changed)

    def receive(self, desired: Desired) -> None:
        """Take in which timeout counts."""
        self.wake.receive(desired)

    def observed(self) -> Mapping[str, Any]:
        """Tell use, work and wishes."""
        return {
            "beats": self.wake.beats,
            "awake": self.wake.awake,
            "timeout_wish": self.wake.wish,
        }

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the timeout and the extension's words."""
        return api.endpoints(self.wake)

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Watch what programs do."""
        return {"work": Work(self.wake).watch(self.seen)}

    def seen(self) -> Seen:
        """Return what is known of the processes of this moment."""
        desired, config = self._context.desired, self._config()
        terminals, tasks = self._terminals()
        trusted = desired is not None and desired.trusted
        return Seen(
            ide=self._ide(),
            own={one.pid: one.id for one in terminals.alive},
            tasks=tasks,
            named=config.keep_awake if config is not None and trusted else (),
            limit=_limit(desired.job_limit if desired is not None else JOB_LIMIT),
        )


def _limit(text: str) -> float | None:
    """Return the seconds of a limit; what is no duration is the default."""
    if text == NO_TIMEOUT:
        return None
    try:
        return seconds_of(text)
    except ValueError:
        return seconds_of(JOB_LIMIT)
