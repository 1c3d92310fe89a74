"""What the workspace takes, and what its programs say."""

import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from supervisor.api.endpoint import Call, Endpoint, Who, answers
from supervisor.host.terminals import Terminals
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.phases import Condition


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
            kept=os.path.dirname(context.settings.checkout_marker),  # noqa: PTH120 - lean start, no pathlib
        )
        terminals.greeting = self.vitals.greeting

    def observed(self) -> Mapping[str, Any]:
        """Tell what was measured last."""
        return self.vitals.told()

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve what `gp top` adds to its own look, and the day."""
        return [answers("GET", "/v1/resources", Who.PERSON, self.told)]

    def told(self, _call: Call) -> dict[str, Any]:
        """Return usage and day as the server is told them; warnings and the last kill as text."""
        conditions = dict(self.vitals.strain.conditions)
        killed = conditions.pop(Condition.PROCESS_KILLED, "")
        return {
            "usage": to_builtins(self.vitals.usage),
            "day": to_builtins(self.vitals.strain.day),
            "warnings": list(conditions.values()),
            "killed": killed,
            "disk": {
                "level": self.vitals.strain.level,
                "text": conditions.get(Condition.DISK_LOW, ""),
            },
        }

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Measure."""
        return {"vitals": self.vitals.run(self._names)}
