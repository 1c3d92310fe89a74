"""What of the workspace's repositories exists only here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from supervisor.host.repositories import Repositories
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired


class RepositoriesSubject(Subject):
    """Looked at from the checkout on, and once more at the end."""

    def __init__(self, context: Context, further: Callable[[], Iterable[str]] = tuple) -> None:
        """`further` are paths of clones that may lie deeper than just below /workspace."""
        self._context = context
        self.all = Repositories(
            context.reaper,
            context.account,
            context.changed,
            further=further,
            ending=lambda: context.ending,
        )

    async def follow(self, desired: Desired) -> None:
        """Look for ever."""
        environment = self._context.environment(desired)
        self.all.careful = not desired.trusted
        await self.all.follow(desired.repository, desired.revision, environment)

    async def last(self) -> None:
        """Look once more: whoever stops right behind a commit is to read of it."""
        desired = self._context.desired
        if desired is not None and not desired.headless:
            await self.all.last(desired.revision, self._context.environment(desired))

    def observed(self) -> Mapping[str, Any]:
        """Tell what was seen last."""
        opened, further = self.all.told()
        return {"git": opened, "more_git": further, "git_final": self.all.final}
