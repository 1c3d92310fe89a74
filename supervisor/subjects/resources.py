"""What the workspace takes, and what its programs say."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from supervisor.host.terminals import Terminals
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject


class ResourcesSubject(Subject):
    """`names` gives terminal → name of its task."""

    def __init__(
        self,
        context: Context,
        terminals: Terminals,
        names: Callable[[], Mapping[str, str]],
    ) -> None:
        self._names = names
        self.vitals = Vitals(
            context.reaper,
            context.account,
            terminals,
            context.changed,
            log=context.settings.ide_log,
        )

    def observed(self) -> Mapping[str, Any]:
        """Tell what was measured last."""
        return self.vitals.told()

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Measure."""
        return {"vitals": self.vitals.run(self._names)}
