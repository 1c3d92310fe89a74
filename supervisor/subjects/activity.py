"""Who uses the workspace, and until when it runs."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from supervisor.api import activity as api
from supervisor.api.endpoint import Endpoint
from supervisor.host.wake import Wake
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired


class ActivitySubject(Subject):
    """`ide` gives the pid of the IDE, whose own work is not the person's."""

    def __init__(self, context: Context, ide: Callable[[], int]) -> None:
        self._ide = ide
        self.wake = Wake(context.changed)

    def receive(self, desired: Desired) -> None:
        """Take in which timeout counts."""
        self.wake.receive(desired)

    def observed(self) -> Mapping[str, Any]:
        """Tell use and wishes."""
        return {"beats": self.wake.beats, "timeout_wish": self.wake.wish}

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the timeout and the extension's words."""
        return api.endpoints(self.wake)

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Watch what programs do."""
        return {"wake": self.wake.watch(self._ide)}
