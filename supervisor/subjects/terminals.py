"""The terminals of a workspace."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.api import terminals as api
from supervisor.api.endpoint import Endpoint
from supervisor.core.opening import Opening
from supervisor.core.search import Wanted
from supervisor.host.finder import Found, find
from supervisor.host.soundness import Soundness
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import MAIN, Terminals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject


class TerminalsSubject(Subject):
    """`used` is told of every input."""

    def __init__(self, context: Context, used: Callable[[], None], soundness: Soundness) -> None:
        self._context = context
        kept = os.path.dirname(context.settings.checkout_marker)  # noqa: PTH120 - lean start, no pathlib
        self.all = Terminals(
            context.reaper, context.account, context.changed, used, kept=kept, soundness=soundness
        )

    def observed(self) -> Mapping[str, Any]:
        """Tell how many there are."""
        return {"terminals": len(self.all)}

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve them."""
        return api.endpoints(self)

    def find(self, name: str) -> Terminal | None:
        """Return the terminal; `main` is opened when somebody looks."""
        found, desired = self.all.get(name), self._context.desired
        if name != MAIN or desired is None or (found is not None and found.alive):
            return found
        return self.all.open(name, desired.repository, self._context.environment(desired))

    def create(self, asked: Opening) -> Terminal | None:
        """Open another one where the code is, unless it says where."""
        desired = self._context.desired
        if desired is None:
            return None
        return self.all.create(asked, desired.repository, self._context.environment(desired))

    async def search(self, terminal: Terminal, wanted: Wanted) -> Found:
        """Search a terminal's output as the person."""
        return await find(terminal.history, wanted, self._context.reaper, self._context.account)
