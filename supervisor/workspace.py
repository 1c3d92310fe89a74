"""The supervisor as a whole: holds what is wanted and what is, and starts what is missing."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from functools import partial
from typing import Any

from msgspec import to_builtins

from supervisor.api.local import LocalApi
from supervisor.api.server import Api
from supervisor.core.config import Config
from supervisor.core.environment import ide_command, person_environment, static_files
from supervisor.core.plan import Action, Facts, newer, plan, told
from supervisor.host.defaults import link_gp, write_defaults
from supervisor.host.engine import Engine
from supervisor.host.gitaccess import GitAccess
from supervisor.host.gitpodfile import load
from supervisor.host.ide import Ide, image_of
from supervisor.host.journal import note
from supervisor.host.limits import limits
from supervisor.host.link import Link
from supervisor.host.listeners import Listeners
from supervisor.host.names import serve_names
from supervisor.host.processes import person
from supervisor.host.reaper import Reaper
from supervisor.host.sshserver import SshServer
from supervisor.host.tasks import Tasks
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import MAIN, Terminals
from supervisor.host.title import follow_title
from supervisor.host.tree import Tree
from supervisor.host.vitals import Vitals
from supervisor.host.wake import Wake
from supervisor.settings import Settings
from wire.agent import Desired, Observed, PortReport, StepReport
from wire.names import OWN_PORTS
from wire.phases import Condition, StepState

GRACE = 5.0
"""Seconds for IDE and shells to end; less than the node's own grace of 10 s."""


class Workspace:
    """Everything the first process of a workspace holds."""

    def __init__(self, settings: Settings, token: str, started: float) -> None:
        self._settings = settings
        self._started = started
        self._reaper = Reaper()
        self._account = person()
        self._data = f"{self._account.home}/.podium/vscode"
        self._desired: Desired | None = None
        self._ide = Ide(
            self._reaper, self._account, self._changed, port=settings.ide_port, log=settings.ide_log
        )
        self._wake = wake = Wake(self._changed)
        self._terminals = Terminals(self._reaper, self._account, self._changed, wake.used_terminal)
        self._tasks = Tasks(
            self._terminals,
            self._account,
            self._changed,
            folder=settings.tasks_folder,
            kept=os.path.dirname(settings.checkout_marker),  # noqa: PTH120 - lean start, no pathlib
        )
        self._engine = Engine(self._reaper, self._account)
        self._vitals = Vitals(
            self._reaper, self._account, self._terminals, self._changed, log=settings.ide_log
        )
        self._tree = Tree(
            self._reaper,
            self._account,
            self._changed,
            marker=settings.checkout_marker,
            say=partial(self._vitals.say, "checkout"),
        )
        self._config: Config | None = None
        self._settled = False
        self._link = Link(settings.server_socket, token, self._receive)
        self._git = GitAccess.of(
            settings.local_socket, settings.server_socket, token, self._account
        )
        self._ports: list[PortReport] = []
        self._version = 0
        self._kick = asyncio.Event()
        self._ending = False

    async def run(self) -> None:
        """Live until SIGTERM."""
        self._reaper.install()
        if os.getpid() == 1:
            link_gp()
            self._engine.open()
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        ssh = SshServer(self._reaper, self._account, lambda: self._desired, self._environment)
        title = follow_title(self._data, self._account, lambda: self._desired)
        async with asyncio.TaskGroup() as group:
            work = [
                group.create_task(self._link.run(), name="link"),
                group.create_task(self._converge(group), name="converge"),
                group.create_task(self._serve(), name="api"),
                group.create_task(self._serve_locally(), name="local-api"),
                group.create_task(
                    serve_names(*self._settings.names, lambda: self._desired), name="names"
                ),
                group.create_task(self._git.serve(), name="git-access"),
                group.create_task(self._watch_ports(), name="ports"),
                group.create_task(self._engine.serve(), name="engine"),
                group.create_task(ssh.serve(self._settings.ssh_port), name="ssh"),
                group.create_task(self._vitals.run(self._tasks.names), name="vitals"),
                group.create_task(self._wake.watch(self._ide.pid), name="wake"),
                group.create_task(title, name="title"),
            ]
            await ended.wait()
            note("ending")
            self._ending = True
            await self._end()
            for one in [*work, *asyncio.all_tasks()]:
                if one is not asyncio.current_task():
                    one.cancel()

    async def _serve(self) -> None:
        api = Api(lambda: self._desired.key if self._desired else "", self._status, self._terminal)
        server = await api.start(self._settings.api_port)
        await server.wait_closed()

    async def _serve_locally(self) -> None:
        api = LocalApi(
            {
                "/v1/status": self._status,
                "/v1/tasks": self._told_tasks,
                "/v1/ports": self._told_ports,
                "/v1/timeout": self._wake.told,
            },
            self._terminal,
            self._wake.wishes,
        )
        try:
            server = await api.start(self._settings.local_socket, self._account)
        except OSError as error:  # gp does not work then; everything else does
            note("local_api_not_served", error=str(error))
            return
        await server.wait_closed()

    async def _watch_ports(self) -> None:
        own = OWN_PORTS | self._settings.own_ports
        await self._link.connected.wait()
        note("connected", after=round(time.monotonic() - self._started, 3))
        await Listeners(own).watch(self._listening)

    def _listening(self, ports: list[PortReport]) -> None:
        self._ports = ports
        self._changed()

    def _receive(self, desired: Desired) -> None:
        if newer(self._desired, desired):
            self._desired = desired
            self._wake.receive(desired)
            self._git.prepare(desired)
            self._changed()

    def _changed(self) -> None:
        self._version += 1
        now = time.monotonic()
        conditions = dict(self._tree.conditions)
        if self._ide.restarts.failing(now):
            conditions[Condition.IDE_FAILING] = self._ide.restarts.told()
        if self._config is not None and self._config.faults:
            conditions[Condition.CONFIG_INVALID] = self._config.told()
        self._link.send(
            Observed(
                version=self._version,
                started=now - self._started,
                checkout=self._tree.report,
                ide=told(self._ide.report, self._tree.report.state),
                ide_restarts=self._ide.restarts.total,
                conditions=conditions,
                terminals=len(self._terminals),
                ports=self._ports,
                port_wishes=self._config.ports if self._config and self._settled else None,
                tasks=self._tasks.reports(),
                **self._vitals.told(),
                beats=self._wake.beats,
                timeout_wish=self._wake.wish,
            )
        )
        self._kick.set()

    async def _converge(self, group: asyncio.TaskGroup) -> None:
        """Ask the plan after every change, and when the IDE's rest is over."""
        not_before, exits = 0.0, 0
        while True:
            now = time.monotonic()
            if self._ide.restarts.total != exits:
                exits = self._ide.restarts.total
                not_before = now + self._ide.restarts.rest(now)
            facts = Facts(
                checkout=self._tree.report.state,
                ide_running=self._ide.running is not None,
                ide_not_before=not_before,
                whole=self._tree.whole,
                tasks_started=self._config is not None,
                ending=self._ending,
            )
            for action in plan(self._desired, facts, now):
                assert self._desired is not None
                if action is Action.CHECK_OUT:
                    self._tree.report = StepReport(state=StepState.WORKING)
                    group.create_task(self._check_out(self._desired, group), name="checkout")
                elif action is Action.START_IDE:
                    not_before = now + 3600  # until it has run and exited
                    group.create_task(self._run_ide(self._desired), name="ide")
                elif action is Action.START_TASKS:
                    self._config = Config()  # until the file has been read
                    group.create_task(self._run_tasks(self._desired), name="tasks")
            timeout = not_before - now if now < not_before < now + 60 else None
            try:
                # not wait_for: it forgets a cancellation that comes together with the kick
                async with asyncio.timeout(timeout):
                    await self._kick.wait()
            except TimeoutError:
                continue
            self._kick.clear()

    async def _check_out(self, desired: Desired, group: asyncio.TaskGroup) -> None:
        environment = self._environment(desired)
        await self._tree.check_out(desired, environment)
        self._vitals.follow(group, desired.repository, environment)
        await self._tree.complete(desired, environment)

    async def _run_ide(self, desired: Desired) -> None:
        write_defaults(self._data, self._account)
        command = list(self._settings.ide_command) or ide_command(desired, self._data)
        environment = {**self._environment(desired), **static_files(desired, image_of())}
        await self._ide.run(command, desired.repository, environment)

    async def _run_tasks(self, desired: Desired) -> None:
        environment = self._environment(desired)
        self._config = await load(desired.repository, self._reaper, self._account, environment)
        if self._config.tasks and not self._ending:
            self._tasks.start(self._config, desired.repository, environment)
        self._settled = True
        self._changed()
        await self._tasks.follow()

    def _environment(self, desired: Desired) -> dict[str, str]:
        account, image = self._account, {**os.environ, **limits(), **self._engine.environment}
        return person_environment(desired, image, account.home, account.name, account.shell)

    def _terminal(self, name: str) -> Terminal | None:
        """Return the terminal; `main` is opened when somebody looks."""
        found = self._terminals.get(name)
        if name != MAIN or self._desired is None or (found is not None and found.alive):
            return found
        return self._terminals.open(
            name, self._desired.repository, self._environment(self._desired)
        )

    def _status(self) -> dict[str, Any]:
        return {
            "instance": self._desired.instance if self._desired else "",
            "started": round(time.monotonic() - self._started, 3),
            "checkout": self._tree.report.state,
            "ide": self._ide.report.state,
            "terminals": self._terminals.told(),
        }

    def _told_tasks(self) -> dict[str, Any]:
        faults = self._config.faults if self._config is not None else []
        return {
            "tasks": to_builtins(self._tasks.reports()),
            "faults": to_builtins(faults),
            "file": self._config.name if self._config is not None else "",
            "settled": self._settled,
        }

    def _told_ports(self) -> dict[str, Any]:
        public = self._desired.public_ports if self._desired is not None else []
        return {"ports": to_builtins(self._ports), "public": public}

    async def _end(self) -> None:
        """Let IDE and shells end by themselves, then end whatever is left."""
        shells = [one.running for one in self._terminals.alive]
        ending = [*shells, self._ide.running] if self._ide.running else shells
        self._ide.stop()
        for shell in shells:
            shell.signal_group(signal.SIGHUP)
            shell.signal_group(signal.SIGCONT)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await asyncio.gather(self._engine.stop(), *(one.exited for one in ending))
        for one in ending:
            one.signal_group(signal.SIGKILL)
        if os.getpid() == 1:
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
