"""The person's dotfiles: installed at the first start that knows them, beside everything else.

What has failed or was cut off is run again by the next start, or by `gp dotfiles install`; what
went well is run again by that command alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers
from supervisor.host import dotfiles
from supervisor.host.vitals import Vitals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired
from wire.phases import Condition

_CURE = "~/.dotfiles.log has all that was said; `gp dotfiles install` and each start try again."


class DotfilesSubject(Subject):
    """`vitals` shows what came of them. Nothing waits for them."""

    def __init__(self, context: Context, vitals: Vitals) -> None:
        self._context = context
        self._say = partial(vitals.say, "dotfiles")
        self._decided = False
        """The first wish decides: a choice that is made later is for starts after it."""
        self._conditions: dict[str, str] = {}
        self._one = asyncio.Lock()

    def receive(self, desired: Desired) -> None:
        """Install them if they are not there, or not all."""
        if self._decided:
            return
        self._decided = True
        account = self._context.account
        again = dotfiles.left_off(account)
        if desired.dotfiles and not desired.headless and (again or not dotfiles.there(account)):
            self._context.spawn(self._begin(desired, again=again), name="dotfiles")

    def installing(self) -> bool:
        """Tell whether they are being installed now."""
        return self._one.locked()

    async def _begin(self, desired: Desired, *, again: bool) -> None:
        await self._install(desired, again=again)

    async def _install(self, desired: Desired, *, again: bool) -> dotfiles.Installed:
        context = self._context
        async with self._one:
            found = await dotfiles.install(
                desired.dotfiles,
                context.reaper,
                context.account,
                context.environment(desired),
                again=again,
            )
        self._say(found.said.encode())
        self._conditions = {}
        if found.failed:
            told = f"Your dotfiles were not installed: {found.said.rstrip('.')}. {_CURE}"
            self._conditions = {Condition.DOTFILES_FAILED: told}
        context.changed()
        return found

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve what `gp dotfiles install` asks for."""
        return [answers("POST", "/v1/dotfiles/install", Who.INSIDE, self.again)]

    async def again(self, _call: Call) -> dict[str, Any]:
        """Run them once more, with what is newer of them, and return what came of it."""
        desired = self._context.desired
        if desired is None or not desired.dotfiles:
            why = "You have chosen none, or this repository is not trusted."
            raise Refused(HTTPStatus.NOT_FOUND, "no_dotfiles", why)
        if self.installing():
            why = "They are being installed; ~/.dotfiles.log tells how far they are."
            raise Refused(HTTPStatus.CONFLICT, "dotfiles_busy", why)
        found = await self._install(desired, again=True)
        return {"said": found.said, "failed": found.failed}

    def observed(self) -> Mapping[str, Any]:
        """Tell what went wrong."""
        return {"conditions": self._conditions}
