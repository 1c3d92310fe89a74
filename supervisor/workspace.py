"""The supervisor as a whole: holds what is wanted and what is, and starts what is missing."""

import asyncio
import os
import signal
import time
from typing import Any

from supervisor.api.endpoint import Call, Who, answers
from supervisor.api.server import Api
from supervisor.api.table import Table
from supervisor.core.plan import Action, Facts, plan, told
from supervisor.host.ahead import Ahead
from supervisor.host.asking import Asking
from supervisor.host.defaults import link_commands
from supervisor.host.door import serve_door
from supervisor.host.ending import end
from supervisor.host.further import Further
from supervisor.host.gitaccess import GitAccess
from supervisor.host.journal import note
from supervisor.host.link import Link
from supervisor.host.names import serve_names
from supervisor.host.outward import Outward
from supervisor.host.sshserver import SshServer
from supervisor.host.title import follow_title
from supervisor.settings import Settings
from supervisor.subjects.activity import ActivitySubject
from supervisor.subjects.content import ContentSubject
from supervisor.subjects.context import Context
from supervisor.subjects.dotfiles import DotfilesSubject
from supervisor.subjects.errands import ErrandsSubject
from supervisor.subjects.ide import IdeSubject
from supervisor.subjects.info import InfoSubject
from supervisor.subjects.ports import PortsSubject
from supervisor.subjects.profile import ProfileSubject
from supervisor.subjects.repositories import RepositoriesSubject
from supervisor.subjects.resources import ResourcesSubject
from supervisor.subjects.soundness import SoundnessSubject
from supervisor.subjects.status import StatusSubject
from supervisor.subjects.subject import Subject
from supervisor.subjects.tasks import TasksSubject
from supervisor.subjects.terminals import TerminalsSubject
from supervisor.subjects.web import WebSubject
from wire.agent import Desired, Observed


class Workspace:
    """Everything the first process of a workspace holds."""

    def __init__(
        self, settings: Settings, token: str, started: float, ahead: Ahead | None = None
    ) -> None:
        self._context = context = Context(settings, token, started, ahead)
        server = Outward(settings.server_socket, settings.server_url, settings.authority)
        self._link = Link(server, token, self._receive)
        self._asking = asking = Asking(server, token)
        self._git = GitAccess.of(settings.local_socket, asking, context.account)
        self._ide = IdeSubject(context, lambda: self._tasks.wanted)
        self._activity = ActivitySubject(
            context,
            self._ide.process.pid,
            lambda: (self._terminals.all, self._tasks.all.names()),
            lambda: self._tasks.config,
        )
        self._soundness = SoundnessSubject(context)
        self._terminals = TerminalsSubject(
            context, self._activity.wake.used_terminal, self._soundness.state
        )
        further = Further(
            context.reaper,
            context.account,
            asking,
            context.changed,
            lambda said: resources.vitals.say("repositories", said),
        )
        self._tasks = TasksSubject(
            context,
            self._terminals.all,
            lambda said: resources.vitals.say("config", said),
            lambda: self._content.tree.report.state,
            further,
        )
        resources = ResourcesSubject(context, self._terminals.all, self._tasks.all.names)
        self._repositories = RepositoriesSubject(context, lambda: further.places)
        self._content = ContentSubject(context, resources.vitals, self._repositories.follow)
        profile = ProfileSubject(context, asking, resources.vitals, lambda: self._tasks.wanted)
        self._ide.carried = lambda: profile.extensions
        ports = PortsSubject(context, self._link, self._tasks.port_wishes)
        self.subjects: tuple[Subject, ...] = (
            self._content,
            self._repositories,
            self._ide,
            self._terminals,
            self._tasks,
            ports,
            self._activity,
            resources,
            self._soundness,
            InfoSubject(context),
            StatusSubject(
                context,
                self._content,
                self._ide,
                self._terminals.all,
                self._tasks,
                ports,
                resources,
            ),
            DotfilesSubject(context, resources.vitals),
            ErrandsSubject(asking),
            profile,
            WebSubject(context, lambda: self._activity.wake.left),
        )
        self.table = Table(
            [
                answers("GET", "/v1/status", Who.PERSON, self._status),
                answers("POST", "/v1/stop", Who.INSIDE, self._stop),
                *(one for subject in self.subjects for one in subject.endpoints()),
            ]
        )
        self._api = Api(self.table, lambda: context.key)
        self._version = 0
        self._kick = asyncio.Event()
        context.when_changed(self._tell)

    async def run(self) -> int:
        """Live until SIGTERM, or the end of a run without anybody; returns the exit code."""
        context, settings = self._context, self._context.settings
        context.reaper.install()
        if os.getpid() == 1:
            self._soundness.state.ensure_user()
            link_commands()
            context.engine.open()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, context.ended.set)
        account, wanted = context.account, lambda: context.desired
        ssh = SshServer(context.reaper, account, wanted, context.environment)
        async with asyncio.TaskGroup() as group:
            context.live_in(group)
            work = {
                "link": self._link.run(),
                "converge": self._converge(),
                "api": self._serve(),
                "local-api": self._serve_inside(),
                "names": serve_names(*settings.names, wanted),
                "door": serve_door(
                    settings.address, settings.api_port, self._asking, lambda: context.key
                ),
                "git-access": self._git.serve(),
                "engine": context.engine.serve(),
                "ssh": ssh.serve(settings.ssh_port),
                "title": follow_title(context.data, account, wanted),
            }
            for subject in self.subjects:
                work.update(subject.work())
            for name, one in work.items():
                context.spawn(one, name)
            await context.ended.wait()
            await self._link.flush()
            note("ending")
            context.ending = True
            context.changed()
            await self._end()
            note("ended", code=context.exit_code, why=context.why or "asked to")
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()
        return context.exit_code

    async def _serve(self) -> None:
        server = await self._api.on_port(self._context.settings.api_port)
        await server.wait_closed()

    async def _serve_inside(self) -> None:
        context = self._context
        try:
            server = await self._api.on_socket(context.settings.local_socket, context.account)
        except OSError as error:  # gp does not work then; everything else does
            note("local_api_not_served", error=str(error))
            return
        await server.wait_closed()

    def _receive(self, desired: Desired) -> None:
        if self._context.accept(desired):
            self._git.prepare(desired)
            for subject in self.subjects:
                subject.receive(desired)
            self._context.changed()

    def _tell(self) -> None:
        """Say to the server what is, and look whether something has to be done about it."""
        self._version += 1
        fields: dict[str, Any] = {}
        conditions: dict[str, str] = {}
        for subject in self.subjects:
            found = dict(subject.observed())
            conditions.update(found.pop("conditions", {}))
            fields.update(found)
        checkout = self._content.tree.report.state
        self._link.send(
            Observed(
                version=self._version,
                started=self._context.age,
                ide=told(self._ide.report, checkout),
                conditions=conditions,
                **fields,
            )
        )
        self._kick.set()

    async def _converge(self) -> None:
        """Ask the plan after every change, and when the IDE's rest is over."""
        context = self._context
        while True:
            now = time.monotonic()
            not_before = self._ide.not_before(now)
            facts = Facts(
                checkout=self._content.tree.report.state,
                ide_running=self._ide.process.running is not None,
                ide_kind=self._ide.kind,
                jupyterlab=self._ide.jupyterlab,
                doorway_open=self._ide.doorway.is_open,
                ide_not_before=not_before,
                whole=self._content.tree.whole,
                tasks_started=self._tasks.config is not None,
                ending=context.ending,
            )
            for action in plan(context.desired, facts, now):
                assert context.desired is not None
                self._act(action, context.desired, now)
            timeout = not_before - now if now < not_before < now + 60 else None
            try:
                # not wait_for: it forgets a cancellation that comes together with the kick
                async with asyncio.timeout(timeout):
                    await self._kick.wait()
            except TimeoutError:
                continue
            self._kick.clear()

    def _act(self, action: Action, desired: Desired, now: float) -> None:
        if action is Action.CHECK_OUT:
            self._content.start(desired)
        elif action is Action.START_IDE:
            self._ide.start(desired, now)
        elif action is Action.LEAVE_IDE:
            self._ide.leave()
        elif action is Action.OPEN_DOORWAY:
            self._ide.open_doorway()
        elif action is Action.START_TASKS:
            self._tasks.start(desired)
        elif action is Action.GIVE_UP:
            self._context.end(1, "headless task failed: the code is not there, or not trusted")

    def _stop(self, _call: Call) -> None:
        """End the workspace, as `gp stop` asks for: for the server that is a stop."""
        self._context.end(0, "asked for inside")

    def _status(self, _call: Call) -> dict[str, Any]:
        desired = self._context.desired
        return {
            "instance": desired.instance if desired is not None else "",
            "started": round(self._context.age, 3),
            "checkout": self._content.tree.report.state,
            "ide": self._ide.report.state,
            "terminals": self._terminals.all.told(),
        }

    async def _end(self) -> None:
        self._tasks.all.leave()
        terminals, tasks = self._terminals.all.alive, self._tasks.all.names()
        engine = self._context.engine.stop()
        await end(terminals, tasks, self._ide.process, engine, "The workspace stops.")
        await self._repositories.last()
        await self._link.flush()
