"""Every route of an application, and a way to knock at it with nothing in between."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute, WebSocketRoute
from litestar.types import ASGIApp

from app.accounts.access import Action


@dataclass(frozen=True)
class Door:
    """One method of one path; a WebSocket's method is WEBSOCKET."""

    method: str
    template: str
    action: Action | None
    page: bool

    def path(self, workspace: str) -> str:
        """The path with this workspace in it, and something harmless in every other place."""
        filled = re.sub(r"\{workspace_id[^}]*\}", workspace, self.template)
        numbered = re.sub(r"\{port[^}]*\}", "3000", filled)
        return re.sub(r"\{[^}]*\}", "x", numbered)

    @property
    def body(self) -> bytes:
        """What would have an effect, were the door open; most need nothing."""
        if self.template.endswith("/rename"):
            return b"name=x"
        if self.template.endswith("/ide"):
            return b"ide=terminal"
        if self.method == "PATCH":
            return b'{"pinned": true}'
        if self.template.endswith("/timeout") and not self.page:
            return b'{"timeout": "2h"}'
        if self.template.endswith(("/shares", "/workspace", "/snapshots")):
            return b"" if self.page else b"{}"
        return b'{"visibility": "public"}' if "{port" in self.template else b""

    @property
    def of_workspace(self) -> bool:
        return "{workspace_id" in self.template

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def doors(app: Litestar) -> list[Door]:
    return sorted(_doors(app), key=str)


def _doors(app: Litestar) -> Iterator[Door]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _model) in route.route_handler_map.items():
                yield _door(str(method), route.path_format, handler)
        elif isinstance(route, WebSocketRoute):
            yield _door("WEBSOCKET", route.path_format, route.route_handler)
        else:
            # A mounted application would escape the walk.
            raise TypeError(route.path)


def _door(method: str, path: str, handler: BaseRouteHandler) -> Door:
    template = re.sub(r"\{workspace_id\}", "{workspace_id:str}", path)
    return Door(method, template, handler.opt.get("action"), bool(handler.opt.get("page")))


async def knock(
    app: ASGIApp, door: Door, path: str, headers: Mapping[str, str], state: dict[str, Any]
) -> int:
    """Send the request; returns the status, of a WebSocket 101 (accepted) or 403 (refused)."""
    websocket = door.method == "WEBSOCKET"
    scope: dict[str, Any] = {
        "type": "websocket" if websocket else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws" if websocket else "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": None,
        "server": ("podium.localhost", 8080),
        "subprotocols": [],
        "extensions": {},
        "state": state,
    }
    if not websocket:
        scope["method"] = door.method
    asked = {"type": "http.request", "body": door.body, "more_body": False}
    first = [{"type": "websocket.connect"}] if websocket else [asked]
    last = {"type": "websocket.disconnect", "code": 1000} if websocket else _EMPTY
    sent: list[Any] = []

    async def receive() -> Any:
        return first.pop() if first else last

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type] # a scope is a dict of these
    if websocket:
        return 101 if any(one["type"] == "websocket.accept" for one in sent) else 403
    return int(next(one["status"] for one in sent if one["type"] == "http.response.start"))


_EMPTY = {"type": "http.request", "body": b"", "more_body": False}
