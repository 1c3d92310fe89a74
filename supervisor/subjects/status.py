"""How all the other subjects are, in one place to ask."""

from collections.abc import Sequence
from typing import Any

from supervisor.api import status as api
from supervisor.api.endpoint import Endpoint
from supervisor.api.news import News
from supervisor.core import status
from supervisor.core.plan import told
from supervisor.host.terminals import Terminals
from supervisor.subjects.content import ContentSubject
from supervisor.subjects.context import Context
from supervisor.subjects.ide import IdeSubject
from supervisor.subjects.ports import PortsSubject
from supervisor.subjects.resources import ResourcesSubject
from supervisor.subjects.subject import Subject
from supervisor.subjects.tasks import TasksSubject


class StatusSubject(Subject):
    """Made last: it looks at the others."""

    def __init__(
        self,
        context: Context,
        content: ContentSubject,
        ide: IdeSubject,
        terminals: Terminals,
        tasks: TasksSubject,
        ports: PortsSubject,
        resources: ResourcesSubject,
    ) -> None:
        self._context = context
        self._content = content
        self._ide = ide
        self._terminals = terminals
        self._tasks = tasks
        self._ports = ports
        self._resources = resources
        self._news = News()
        context.when_changed(self._news.tell)

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve everything below /v1/status."""
        looks = api.Looks(
            ide=self.ide,
            content=self.content,
            ports=self.ports,
            tasks=lambda: status.tasks(self._tasks.all.reports()),
            terminals=lambda: {"terminals": self._terminals.told()},
            resources=lambda: status.resources(self._resources.vitals.usage),
            ide_ready=lambda: bool(self.ide()["ok"]),
            content_settled=self._settled,
            ending=lambda: self._context.ending,
        )
        return api.endpoints(self._news, looks)

    def _settled(self) -> bool:
        return self._content.tree.report.state in status.SETTLED

    def content(self) -> dict[str, Any]:
        """Return whether the files are there."""
        return status.content(self._content.tree.report, fresh=self._content.fresh)

    def ide(self) -> dict[str, Any]:
        """Return whether the editor can be opened."""
        desired = self._context.desired
        report = told(self._ide.report, self._content.tree.report.state)
        wanted = desired is None or bool(desired.ide)
        return status.ide(report, wanted=wanted, settled=self._settled())

    def ports(self) -> dict[str, Any]:
        """Return what listens, and what is wished for."""
        return status.ports(self._ports.listed(), self._ports.base)
