"""One application on three sockets: what may come in where.

The socket is part of who somebody is (the agent socket is bound into every
workspace, the internal one stands in a folder of the platform's user). The gate
writes which one it was into the scope, and lets pass only the paths that belong
there; every other path does not exist on that socket.
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.accounts.access import Listener

_PREFIXES = {Listener.AGENT: "/agent/", Listener.INTERNAL: "/internal/"}
_SERVED = frozenset({ScopeType.HTTP, ScopeType.WEBSOCKET})
_BODY = b'{"code":"not_found","title":"There is nothing here","status":404}'


def belongs(listener: Listener, path: str) -> bool:
    """Tell whether the path is served on the listener.

    The path is read as the router reads it: empty segments do not count.
    """
    plain = "/" + "/".join(part for part in path.split("/") if part) + "/"
    prefix = _PREFIXES.get(listener)
    if prefix is not None:
        return plain.startswith(prefix)
    return not plain.startswith(tuple(_PREFIXES.values()))


class Gate:
    """ASGI application in front of the real one, for one listener."""

    def __init__(self, app: ASGIApp, listener: Listener) -> None:
        self._app = app
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _SERVED:
            await self._app(scope, receive, send)
            return
        if not belongs(self._listener, scope["path"]):
            await _refuse(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "listener": self._listener}
        await self._app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(_BODY)).encode()),
    ]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY, "more_body": False})
