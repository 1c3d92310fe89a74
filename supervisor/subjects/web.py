"""The page of the terminals."""

from collections.abc import Callable, Sequence
from typing import Any

from supervisor.api import web as api
from supervisor.api.endpoint import Endpoint
from supervisor.core.environment import port_template
from supervisor.core.programs import kind_of
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject
from wire.ides import Ide


class WebSubject(Subject):
    """`left` gives the seconds until the workspace stops unused; None is for ever."""

    def __init__(self, context: Context, left: Callable[[], float | None]) -> None:
        self._context = context
        self._left = left

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve it."""
        return api.endpoints(self._context.settings.web, self.told)

    def told(self) -> dict[str, Any]:
        """Return what the page has to know of its workspace."""
        desired = self._context.desired
        assert desired is not None, "nothing is served before there is a key"
        origin = desired.environment.get("GITPOD_WORKSPACE_URL", "")
        dashboard = desired.environment.get("GITPOD_HOST", "")
        return {
            "id": desired.workspace,
            "name": desired.name or desired.workspace,
            "origin": origin,
            "page": f"{dashboard}/workspaces/{desired.workspace}" if dashboard else "/",
            "port_template": port_template(origin),
            "folder": desired.repository,
            "home": self._context.account.home,
            "ide": Ide.VSCODE if kind_of(desired) is Ide.VSCODE else Ide.TERMINAL,
            "left": self._left(),
        }
