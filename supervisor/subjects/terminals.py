"""The terminals of a workspace."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.api import terminals as api
from supervisor.api.endpoint import Endpoint
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import MAIN, Terminals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject


class TerminalsSubject(Subject):
    """`used` is told of every input."""

    def __init__(self, context: Context, used: Callable[[], None]) -> None:
        self._context = context
        self.all = Terminals(context.reaper, context.account, context.changed, used)

    def observed(self) -> Mapping[str, Any]:
        """Tell how many there are."""
        return {"terminals": len(self.all)}

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve them."""
        return api.endpoints(self.find)

    def find(self, name: str) -> Terminal | None:
        """Return the terminal; `main` is opened when somebody looks."""
        found, desired = self.all.get(name), self._context.desired
        if name != MAIN or desired is None or (found is not None and found.alive):
            return found
        return self.all.open(name, desired.repository, self._context.environment(desired))
