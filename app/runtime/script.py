"""What the fake runtime is told about its work: wait, take time, fail."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Literal

from kit.tasks import Tasks
from wire.problems import Problem

Work = Literal["prepare", "apply", "delete", "seal", "backup", "restore", "freeze"]


NO_REPOSITORY = Problem(
    code="repository_missing",
    title="There is no repository at this address",
    cure="Check the spelling; a private repository looks the same to strangers.",
)
TOO_LARGE = Problem(
    code="clone_too_large", title="The repository is larger than this machine allows"
)


class Script:
    """By default every work is done at once and well."""

    def __init__(self) -> None:
        self.pace: dict[Work, float] = {}
        """Seconds that a kind of work takes."""
        self._held: dict[Work, list[Callable[[], None]]] = {}
        self._failures: dict[Work, list[Problem]] = defaultdict(list)
        self._tasks = Tasks()

    def hold(self, work: Work) -> None:
        """Let this kind of work begin but not end."""
        self._held.setdefault(work, [])

    def release(self, work: Work) -> None:
        """End held work, and hold it no longer."""
        for finish in self._held.pop(work, []):
            finish()

    def fail(self, work: Work, problem: Problem) -> None:
        """Let the next work of this kind end in failure."""
        self._failures[work].append(problem)

    def outcome(self, work: Work) -> Problem | None:
        """Return the failure that was scripted for the work that ends now."""
        return self._failures[work].pop(0) if self._failures[work] else None

    def begin(self, work: Work, finish: Callable[[], None]) -> None:
        """Call `finish` when the work ends."""
        if work in self._held:
            self._held[work].append(finish)
        elif work in self.pace:
            self._tasks.spawn(self._later(self.pace[work], finish), f"fake-{work}")
        else:
            finish()

    @staticmethod
    async def _later(seconds: float, finish: Callable[[], None]) -> None:
        await asyncio.sleep(seconds)
        finish()

    async def close(self) -> None:
        """End what is still being done."""
        await self._tasks.close()
