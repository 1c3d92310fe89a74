"""The repository: checked out once, completed, and followed from then on."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from supervisor.host.checkout import already_done
from supervisor.host.tree import Tree
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired, StepReport
from wire.phases import StepState


class ContentSubject(Subject):
    """`vitals` shows what git says, `follow` looks at the tree once it is there."""

    def __init__(
        self,
        context: Context,
        vitals: Vitals,
        follow: Callable[[Desired], Coroutine[Any, Any, None]],
    ) -> None:
        self._context = context
        self._follow = follow
        self._vitals = vitals
        self.fresh = not already_done(context.settings.checkout_marker)
        """The workspace has never been checked out before."""
        self.tree = Tree(
            context.reaper,
            context.account,
            context.changed,
            marker=context.settings.checkout_marker,
            say=partial(vitals.say, "checkout"),
        )

    def start(self, desired: Desired) -> None:
        """Check it out."""
        self.tree.report = StepReport(state=StepState.WORKING)
        self._context.spawn(self._check_out(desired), name="checkout")

    async def _check_out(self, desired: Desired) -> None:
        environment = self._context.environment(desired)
        await self.tree.check_out(desired, environment)
        self._context.spawn(self._follow(desired), name="git")
        self._context.spawn(self._vitals.follow_disk(environment), name="disk")
        await self.tree.complete(desired, environment)

    def observed(self) -> Mapping[str, Any]:
        """Tell how far it is, and what went wrong."""
        return {"checkout": self.tree.report, "conditions": self.tree.conditions}
