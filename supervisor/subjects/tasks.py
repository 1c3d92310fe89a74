"""What the repository's file asks for (.gitpod.yml or devcontainer.json), and its tasks."""

import os
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers
from supervisor.core.commands import set_config
from supervisor.core.config import Config
from supervisor.core.plan import taskless
from supervisor.host.defaults import add_settings
from supervisor.host.further import Further
from supervisor.host.gitpodfile import LOOK_EVERY, Stamp, changes, load, stamp
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.tasks import Tasks
from supervisor.host.terminals import Terminals
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired
from wire.phases import Condition, StepState
from wire.ports import PortWish

_PATIENCE = 10.0
"""Seconds for a setting of git."""


class StopTask(Struct, frozen=True, forbid_unknown_fields=True):
    """What `gp tasks stop` says."""

    success: bool = False
    """Whether it counts as ended well."""


class TasksSubject(Subject):
    """`config` is None until the file is being read, `settled` says that it has been.

    `checkout` tells how far the code is.

    `say` gets what stands in the log of the start, `further` clones what the file names beside
    this repository, `look_every` are the seconds between two looks at the file.
    """

    def __init__(
        self,
        context: Context,
        terminals: Terminals,
        say: Callable[[bytes], None],
        checkout: Callable[[], StepState] = lambda: StepState.DONE,
        further: Further | None = None,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._context = context
        self._checkout = checkout
        self._say = say
        self._further = further
        self._look_every = look_every
        settings = context.settings
        self.config: Config | None = None
        self.settled = False
        self.all = Tasks(
            terminals,
            context.account,
            context.changed,
            folder=settings.tasks_folder,
            kept=os.path.dirname(settings.checkout_marker),  # noqa: PTH120 - lean start, no pathlib
            patience=settings.startup_patience,
        )

    def start(self, desired: Desired) -> None:
        """Read the file, and run its tasks."""
        self.config = Config()  # until the file has been read
        self._context.spawn(self._run(desired), name="tasks")

    async def _run(self, desired: Desired) -> None:
        context, environment = self._context, self._context.environment(desired)
        read = stamp(desired.repository)
        config = await self._load(desired.repository, environment)
        self.config, context.configured = config, config.env
        for told in (config.told(), config.told_unfollowed()):
            if told:
                self._say(told.replace("; ", "\n").encode())
        if self._further is not None:
            await self._further.clone(config.repositories, desired.repository, environment)
        await self._set_up(config, desired, environment)
        if config.tasks and not context.ending:
            environment = context.environment(desired)
            self.all.start(config, desired.repository, environment, headless=desired.headless)
        self.settled = True
        context.changed()
        if desired.headless:
            code, why = await self.all.finish()
            context.changed()
            context.end(code, why)
        else:
            context.spawn(self._follow_file(desired.repository, read), name="config")
            await self.all.follow()

    async def _follow_file(self, folder: str, read: Stamp) -> None:
        """Take in what changes in the file while the workspace runs: ports, and what is wrong.

        Tasks and variables are those of the start. A file that cannot be read at all, as one in
        the middle of being written, leaves what it said before.
        """
        context = self._context
        async for _ in changes(folder, read, self._look_every):
            if context.desired is None:
                continue
            environment = context.environment(context.desired)
            found = await self._load(folder, environment)
            if found.unreadable and self.config is not None:
                found = replace(self.config, name=found.name, faults=found.faults)
            note("config_changed", file=found.name, faults=len(found.faults))
            self.config = found
            context.changed()

    async def _load(self, folder: str, environment: Mapping[str, str]) -> Config:
        context = self._context
        found = await load(folder, context.reaper, context.account, environment)
        return found.placed(folder)

    def port_wishes(self) -> list[PortWish]:
        """Return what the file wishes of ports, as it is now."""
        return self.wanted.ports

    async def _set_up(
        self, config: Config, desired: Desired, environment: Mapping[str, str]
    ) -> None:
        """Do what is wished of git and of VS Code before the first task."""
        context = self._context
        for name, value in config.git_config.items():
            command = set_config(desired.repository, name, value)
            try:
                code, said = await output_of(
                    command, context.reaper, context.account, environment, seconds=_PATIENCE
                )
            except OSError as error:
                code, said = 127, str(error).encode()
            if code:
                note("git_config_not_set", name=name, said=said[-200:].decode(errors="replace"))
                self._say(f"gitConfig.{name} cannot be set: ".encode() + said[-200:])
        if config.settings:
            add_settings(context.data, context.account, config.settings)

    def observed(self) -> Mapping[str, Any]:
        """Tell the tasks, what is wished for ports, and what is wrong with the file."""
        config = self.config
        told = {
            Condition.CONFIG_INVALID: config.told() if config is not None else "",
            Condition.CONFIG_PARTIAL: config.told_unfollowed() if config is not None else "",
        }
        return {
            "port_wishes": config.ports if config is not None and self.settled else None,
            "backup_excludes": config.backup_excludes if config is not None else None,
            "tasks": self.all.reports(),
            "conditions": {
                **{name: text for name, text in told.items() if text},
                **(self._further.conditions if self._further is not None else {}),
            },
        }

    @property
    def wanted(self) -> Config:
        """Return what the file asks for; nothing before it has been read."""
        return self.config if self.config is not None else Config()

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve the list, and what `gp tasks stop` and `gp validate` ask for."""
        return [
            answers("GET", "/v1/tasks", Who.PERSON, self.told),
            answers("POST", "/v1/tasks/{id}/stop", Who.INSIDE, self.stop),
            answers("POST", "/v1/config/check", Who.INSIDE, self.check),
        ]

    async def stop(self, call: Call) -> None:
        """End a task with its terminal."""
        wished = call.document(StopTask)
        if not await self.all.stop(call.values["id"], success=wished.success):
            raise Refused(HTTPStatus.NOT_FOUND, "task_missing", "There is no such task.")

    async def check(self, _call: Call) -> dict[str, Any]:
        """Read the file as the next start would; nothing of it counts yet."""
        context = self._context
        if context.desired is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", "The workspace begins.")
        environment, folder = context.environment(context.desired), context.desired.repository
        found = await self._load(folder, environment)
        return {
            "file": found.name,
            "faults": to_builtins(found.faults),
            "unfollowed": to_builtins(found.unfollowed),
            "tasks": len(found.tasks),
            "ports": len(found.ports),
        }

    def told(self, _call: Call) -> dict[str, Any]:
        """Return what `gp tasks list` shows; `without` says why there will be none as it is."""
        config, desired = self.wanted, self._context.desired
        without = ""
        if desired is not None and self.config is None:
            without = taskless(desired, self._checkout())
        return {
            "tasks": to_builtins(self.all.reports()),
            "faults": to_builtins(config.faults),
            "unfollowed": to_builtins(config.unfollowed),
            "file": config.name,
            "settled": self.settled or bool(without),
            "without": without,
        }
