"""What the workspace opens with: an IDE's server, or nothing but a way to the terminals."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.api import ide as api
from supervisor.api.endpoint import Endpoint
from supervisor.core.config import Config
from supervisor.core.programs import kind_of, program_of
from supervisor.host.defaults import write_defaults
from supervisor.host.doorway import Doorway
from supervisor.host.ide import Ide as Process
from supervisor.host.ide import image_of, is_there
from supervisor.host.journal import note
from supervisor.host.windows import Windows
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.agent import Desired, StepReport
from wire.ides import JUPYTERLAB, Ide
from wire.phases import Condition, StepState

AGAIN = 0.2
"""Seconds after which a port that was not free is tried again."""
_OPEN = StepReport(state=StepState.DONE, detail="terminals answer")
MISSING = (
    "JupyterLab was not built here when this workspace was started: it opens to its terminals. "
    "Restart it once `podium ide build jupyterlab` is done."
)
_RUNNING = 3600.0
"""Seconds added while it is being started: until it has run and exited."""


class IdeSubject(Subject):
    """One process of an IDE at a time, or the doorway instead.

    `wanted` is what the repository's file asks for.
    """

    def __init__(self, context: Context, wanted: Callable[[], Config] = Config) -> None:
        self._context = context
        self._wanted = wanted
        settings = context.settings
        self.process = Process(
            context.reaper,
            context.account,
            context.changed,
            port=settings.ide_port,
            log=settings.ide_log,
            ahead=context.ahead,
        )
        self.windows = Windows()
        self.doorway = Doorway(settings.ide_port)
        self._not_before = 0.0
        self._exits = 0
        self.opening = False
        self.carried: Callable[[], list[str]] = list
        """Extensions that the person brings along."""
        self.kind = Ide.VSCODE
        """Of the one that runs, or ran last."""
        self.jupyterlab = is_there(JUPYTERLAB)
        """What a container has is shown when it is made, and stays."""

    def not_before(self, now: float) -> float:
        """Return the monotonic second before which it must not start again."""
        restarts = self.process.restarts
        if restarts.total != self._exits:
            self._exits = restarts.total
            self._not_before = now + restarts.rest(now)
        return self._not_before

    @property
    def report(self) -> StepReport:
        """How far what it opens with is."""
        return _OPEN if self.doorway.is_open else self.process.report

    def receive(self, desired: Desired) -> None:
        """End what was started ahead unless it is wanted."""
        kind = kind_of(desired, jupyterlab=self.jupyterlab)
        if desired.headless or not desired.ide or kind is not Ide.VSCODE:
            self.process.forgo()

    def leave(self) -> None:
        """End the IDE: the workspace opens with something else now, or comes back to it."""
        self._not_before = 0.0
        self.process.leave()

    def open_doorway(self) -> None:
        """Lead browsers to the terminals, as soon as the port is free."""
        if not self.opening:
            self.opening = True
            self._context.spawn(self._open_doorway(), name="doorway")

    async def _open_doorway(self) -> None:
        try:
            while self._opens_with_terminals():
                try:
                    await self.doorway.open()
                    break
                except OSError as error:
                    note("doorway_not_open", error=str(error))
                    await asyncio.sleep(AGAIN)
        finally:
            self.opening = False
        self._context.changed()

    def _opens_with_terminals(self) -> bool:
        desired = self._context.desired
        if desired is None or self._context.ending:
            return False
        return kind_of(desired, jupyterlab=self.jupyterlab) is Ide.TERMINAL

    def start(self, desired: Desired, now: float) -> None:
        """Start it, beside whatever else goes on."""
        self.doorway.close()
        self.kind = kind_of(desired, jupyterlab=self.jupyterlab)
        self._not_before = now + _RUNNING
        self._context.spawn(self._run(desired), name="ide")

    async def _run(self, desired: Desired) -> None:
        context = self._context
        environment = dict(context.environment(desired))
        if self.kind is Ide.VSCODE:
            write_defaults(context.data, context.account)
            del environment["VSCODE_IPC_HOOK_CLI"]  # its own, which it gives to its children
        program = program_of(self.kind, desired, context.data, image_of())
        command = list(context.settings.ide_command) or program.command
        environment.update(program.environment)
        await self.process.run(command, desired.repository, environment, program.probe)

    def failing(self, now: float) -> Mapping[Condition, str]:
        """Return the condition of an IDE that is not there, or does not stay up."""
        desired = self._context.desired
        if desired is not None and desired.ide == Ide.JUPYTERLAB and not self.jupyterlab:
            return {Condition.IDE_MISSING: MISSING}
        if not self.process.restarts.failing(now):
            return {}
        return {Condition.IDE_FAILING: self.process.restarts.told()}

    def observed(self) -> Mapping[str, Any]:
        """Tell how often it exited; the step itself waits for the checkout."""
        return {
            "ide_restarts": self.process.restarts.total,
            "conditions": self.failing(time.monotonic()),
        }

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve what programs ask of its windows."""
        return api.endpoints(self.windows, self.told)

    def told(self) -> dict[str, Any]:
        """Return how it is."""
        restarts, wanted = self.process.restarts, self._wanted()
        return {
            "state": self.report.state,
            "restarts": restarts.total,
            "why": restarts.why,
            "extensions": list(dict.fromkeys([*wanted.extensions, *self.carried()])),
        }
