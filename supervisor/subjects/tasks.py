"""What the repository's .gitpod.yml asks for, and its tasks."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from supervisor.api.endpoint import Call, Endpoint, Who, answers
from supervisor.core.config import Config
from supervisor.host.gitpodfile import load
from supervisor.host.tasks import Tasks
from supervisor.host.terminals import Terminals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired
from wire.phases import Condition


class TasksSubject(Subject):
    """`config` is None until the file is being read, `settled` says that it has been."""

    def __init__(self, context: Context, terminals: Terminals) -> None:
        self._context = context
        settings = context.settings
        self.config: Config | None = None
        self.settled = False
        self.all = Tasks(
            terminals,
            context.account,
            context.changed,
            folder=settings.tasks_folder,
            kept=os.path.dirname(settings.checkout_marker),  # noqa: PTH120 - lean start, no pathlib
        )

    def start(self, desired: Desired) -> None:
        """Read the file, and run its tasks."""
        self.config = Config()  # until the file has been read
        self._context.spawn(self._run(desired), name="tasks")

    async def _run(self, desired: Desired) -> None:
        context, environment = self._context, self._context.environment(desired)
        self.config = await load(desired.repository, context.reaper, context.account, environment)
        if self.config.tasks and not context.ending:
            self.all.start(self.config, desired.repository, environment)
        self.settled = True
        context.changed()
        await self.all.follow()

    def observed(self) -> Mapping[str, Any]:
        """Tell the tasks, what is wished for ports, and what is wrong with the file."""
        config = self.config
        faulty = config is not None and bool(config.faults)
        return {
            "port_wishes": config.ports if config is not None and self.settled else None,
            "tasks": self.all.reports(),
            "conditions": {Condition.CONFIG_INVALID: config.told()} if config and faulty else {},
        }

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the list."""
        return [answers("GET", "/v1/tasks", Who.PERSON, self.told)]

    def told(self, _call: Call) -> dict[str, Any]:
        """Return what `gp tasks list` shows."""
        config = self.config if self.config is not None else Config()
        return {
            "tasks": to_builtins(self.all.reports()),
            "faults": to_builtins(config.faults),
            "file": config.name,
            "settled": self.settled,
        }
