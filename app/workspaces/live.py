"""The live connection of a page: hints in, rendered fragments out.

How it speaks: `app.workspaces.speaking`.
"""

from typing import Annotated, Any

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.accounts.access import Action, Principal
from app.db.sessions import Database
from app.faults import Denied, Missing
from app.settings import Settings
from app.web.events import Hint, Hints
from app.web.render import Context, Renderer
from app.workspaces.back import LONGEST, PARAMETER, read_back
from app.workspaces.cleaning import archived_after
from app.workspaces.contexts import (
    LogContext,
    RowContext,
    RowVitalsContext,
    VitalsContext,
    detail_context,
    list_context,
    start_context,
)
from app.workspaces.groups import digest, grouped, order
from app.workspaces.ides import Ides
from app.workspaces.looks import Look
from app.workspaces.service import WorkspaceService
from app.workspaces.speaking import serve
from app.workspaces.structs import WorkspaceView
from app.workspaces.vitals import VITALS, Vitals
from kit.clock import Clock


class Live:
    """What one connection shows: the list, or one workspace's start or page.

    `seen` is the digest or version that the page was rendered with, `vitals` the newest
    version of what supervisors told that it shows.
    """

    def __init__(
        self,
        principal: Principal,
        workspaces: WorkspaceService,
        vitals: Vitals,
        renderer: Renderer,
        settings: Settings,
        ides: Ides,
        view: str,
        workspace: str,
        seen: str = "",
        vitals_seen: int = 0,
        back: str = "",
    ) -> None:
        self._principal = principal
        self._workspaces = workspaces
        self._vitals = vitals
        self._renderer = renderer
        self._settings = settings
        self._ides = ides
        self._view = view
        self._workspace = workspace
        self._seen = seen
        self._vitals_seen = vitals_seen
        self._back = read_back(settings.hosts, workspace, back)
        self._order: list[list[str]] | None = None
        self._sent: dict[str, tuple[int, int]] = {}
        self._log = ""

    def concerns(self, hint: Hint) -> bool:
        """Tell whether the page shows what has changed."""
        mine = hint.topic in {"workspace", VITALS} and hint.owner == self._principal.user
        return mine and (self._view == "list" or hint.id == self._workspace)

    def ended_by(self, hint: Hint) -> bool:
        """Tell whether the hint says that the session of this connection has ended."""
        return hint.topic == "session" and hint.id == self._principal.session

    async def news(self) -> str | None:
        """Return what has changed since the last call, rendered; None: fetch the page again."""
        try:
            if self._view == "list":
                return await self._list()
            view = await self._workspaces.get(self._principal, self._workspace)
            return await self._one(view)
        except (Missing, Denied):
            return None

    async def _one(self, view: WorkspaceView) -> str:
        """Return what differs of one workspace: its state, what it takes, its log."""
        vital = self._vitals.of(view)
        stamp = (view.version, vital.version if vital else 0)
        before, self._sent = self._sent.get(view.id), {view.id: stamp}
        renewed = str(before[0] if before else self._seen) != str(view.version)
        if not renewed and (before or (None, self._vitals_seen))[1] == stamp[1]:
            return ""
        events = await self._workspaces.events(self._principal, self._workspace)
        parts: list[Context]
        if self._view == "start":
            start = start_context(view, events, vital, back=self._back)
            parts, log = [start] if renewed else [], start.log
        else:
            settings = self._settings
            detail = detail_context(
                view,
                events,
                settings.hosts,
                vital,
                settings.ssh_port,
                self._ides,
                archived_after(settings),
            )
            parts, log = [], detail.log
            if renewed:
                parts.append(detail)
            elif detail.look.gauges:
                parts.append(VitalsContext(detail.look))
        if log.mark != self._log:
            self._log = log.mark
            parts.append(LogContext(log))
        return "".join(self._renderer.fragment(one) for one in parts)

    async def _list(self) -> str:
        """Return single rows, or parts of them, while each stays in its place; else all groups."""
        views = await self._workspaces.list(self._principal)
        groups = grouped(views, self._vitals.of)
        looks = [look for group in groups for look in group.looks]
        sent, self._sent = self._sent, {one.view.id: _stamp(one) for one in looks}
        before, self._order = self._order, order(groups)
        if before is None and digest(groups) == self._seen:
            newer = [one for one in looks if one.vital_version > self._vitals_seen]
            return "".join(self._renderer.fragment(RowVitalsContext(one)) for one in newer)
        if self._order != before:
            return self._renderer.fragment(list_context(views, [], self._vitals))
        parts: list[Context] = []
        for look in looks:
            version, vital_version = sent[look.view.id]
            if version != look.view.version:
                parts.append(RowContext(look))
            elif vital_version != look.vital_version:
                parts.append(RowVitalsContext(look))
        return "".join(self._renderer.fragment(one) for one in parts)


def _stamp(look: Look) -> tuple[int, int]:
    return look.view.version, look.vital_version


@websocket("/live", opt={"action": Action.LIST_OWN})
async def live(
    socket: WebSocket[Any, Any, Any],
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    vitals: NamedDependency[Vitals],
    renderer: NamedDependency[Renderer],
    settings: NamedDependency[Settings],
    ides: NamedDependency[Ides],
    hints: NamedDependency[Hints],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    view: Annotated[str, QueryParameter(name="view", max_length=20)] = "list",
    workspace: Annotated[str, QueryParameter(name="workspace", max_length=64)] = "",
    seen: Annotated[str, QueryParameter(name="seen", max_length=64)] = "",
    vitals_seen: Annotated[int, QueryParameter(name="vitals", ge=0)] = 0,
    back: Annotated[str, QueryParameter(name=PARAMETER, max_length=LONGEST)] = "",
) -> None:
    """Serve one page until it is closed or its session has ended."""
    shown = Live(
        principal,
        workspaces,
        vitals,
        renderer,
        settings,
        ides,
        view,
        workspace,
        seen=seen,
        vitals_seen=vitals_seen,
        back=back,
    )
    await serve(socket, shown, principal, hints, database, clock)


route_handlers: list[Any] = [live]
