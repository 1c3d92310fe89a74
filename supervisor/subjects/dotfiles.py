"""The person's dotfiles: installed at the first start that knows them, beside everything else."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from supervisor.host import dotfiles
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired
from wire.phases import Condition


class DotfilesSubject(Subject):
    """`vitals` shows what came of them. Nothing waits for them."""

    def __init__(self, context: Context, vitals: Vitals) -> None:
        self._context = context
        self._say = partial(vitals.say, "dotfiles")
        self._decided = False
        """The first wish decides: a choice that is made later is for starts after it."""
        self._conditions: dict[str, str] = {}

    def receive(self, desired: Desired) -> None:
        """Install them if they are not there."""
        if self._decided:
            return
        self._decided = True
        if desired.dotfiles and not desired.headless and not dotfiles.there(self._context.account):
            self._context.spawn(self._install(desired), name="dotfiles")

    async def _install(self, desired: Desired) -> None:
        context = self._context
        found = await dotfiles.install(
            desired.dotfiles, context.reaper, context.account, context.environment(desired)
        )
        self._say(found.said.encode())
        if found.failed:
            why = found.said.rstrip(".")
            told = (
                f"Your dotfiles were not installed: {why}. ~/.dotfiles.log has all that was said."
            )
            self._conditions = {Condition.DOTFILES_FAILED: told}
        context.changed()

    def observed(self) -> Mapping[str, Any]:
        """Tell what went wrong."""
        return {"conditions": self._conditions}
