"""The live connection of a page of restore points, as `app.workspaces.speaking` has it."""

from typing import Annotated, Any

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.accounts.access import Action, Principal
from app.content.contexts import PointListContext, points_context
from app.content.progress import TOPIC
from app.content.service import RestorePoints
from app.db.sessions import Database
from app.faults import Denied, Missing
from app.web.events import Hint, Hints
from app.web.render import Renderer
from app.workspaces.speaking import serve
from kit.clock import Clock


class LivePoints:
    """What one connection shows: the restore points of one workspace."""

    def __init__(
        self, principal: Principal, points: RestorePoints, renderer: Renderer, workspace: str
    ) -> None:
        self._principal = principal
        self._points = points
        self._renderer = renderer
        self._workspace = workspace
        self._sent: PointListContext | None = None

    def concerns(self, hint: Hint) -> bool:
        """Tell whether the page shows what has changed."""
        mine = hint.topic in {"workspace", TOPIC} and hint.owner == self._principal.user
        return mine and hint.id == self._workspace

    def ended_by(self, hint: Hint) -> bool:
        """Tell whether the hint says that the session of this connection has ended."""
        return hint.topic == "session" and hint.id == self._principal.session

    async def news(self) -> str | None:
        """Return the list when it has changed since the last call; None: fetch the page again."""
        try:
            whose = await self._points.whose(self._principal, self._workspace)
            found = await self._points.list(self._principal, self._workspace)
        except (Missing, Denied):
            return None
        shown = points_context(whose, found, self._points.every).shown
        if shown == self._sent:
            return ""
        self._sent = shown
        return self._renderer.fragment(shown)


@websocket("/live/points", opt={"action": Action.LIST_OWN})
async def live_points(
    socket: WebSocket[Any, Any, Any],
    principal: NamedDependency[Principal],
    points: NamedDependency[RestorePoints],
    renderer: NamedDependency[Renderer],
    hints: NamedDependency[Hints],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    workspace: Annotated[str, QueryParameter(name="workspace", max_length=64)] = "",
) -> None:
    """Serve one page until it is closed or its session has ended."""
    shown = LivePoints(principal, points, renderer, workspace)
    await serve(socket, shown, principal, hints, database, clock)


route_handlers: list[Any] = [live_points]
"""The socket."""
