"""One application on three sockets, and on three more of a network: what may come in where.

The socket is part of who somebody is (the agent socket is bound into every
workspace, the internal one stands in a folder of the platform's user). The gate
writes which one it was into the scope, and lets pass only the paths that belong
there; every other path does not exist on that socket.

On a network other processes of the installation have a name each, which their certificate says.
They get the paths that they need: what the launcher and root ask for on the internal socket of
their machine is not there.
"""

from collections.abc import Mapping
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.accounts.access import Listener
from app.linkprotocol import PEER
from wire.peers import BLOBSERVE, PROXY
from wire.routes import FEED_PATH
from wire.ssh import AUTHENTICATE_PATH, ENTER_PATH, HELD_PATH

ON_NETWORK = {
    Listener.PUBLIC: frozenset({PROXY}),
    Listener.INTERNAL: frozenset({PROXY, BLOBSERVE}),
}
"""Who may connect at all; supervisors have no name, but a token."""
ASKED: Mapping[str, frozenset[str]] = {
    PROXY: frozenset(
        {
            FEED_PATH,
            "/internal/activity",
            "/internal/grants/redeem",
            "/internal/health",
            "/internal/shares/open",
            AUTHENTICATE_PATH,
            ENTER_PATH,
            HELD_PATH,
        }
    ),
    BLOBSERVE: frozenset({"/internal/health"}),
}
"""What each may ask for on the internal listener of a network."""
HEALTH_PATH = "/healthz"
"""What anybody may ask. On a network the agent listener has it too, for who sees to the pods: a
kubelet has no certificate, with which it could ask the public one."""
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


def may_ask(peer: str, listener: Listener, path: str) -> bool:
    """Tell whether a process of that name may ask for the path over a network."""
    if listener is Listener.AGENT:
        return True
    if peer not in ON_NETWORK[listener]:
        return False
    return listener is Listener.PUBLIC or path in ASKED.get(peer, frozenset())


class Gate:
    """ASGI application in front of the real one, for one listener."""

    def __init__(self, app: ASGIApp, listener: Listener, *, network: bool = False) -> None:
        self._app = app
        self._listener = listener
        self._network = network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _SERVED:
            await self._app(scope, receive, send)
            return
        probed = self._network and scope["path"] == HEALTH_PATH
        listener = Listener.PUBLIC if probed else self._listener
        state: dict[str, Any] = {**scope.get("state", {}), "listener": listener}
        peer = state.pop(PEER, "")
        if not belongs(listener, scope["path"]) or (
            self._network and not may_ask(peer, self._listener, scope["path"])
        ):
            await _refuse(scope, receive, send)
            return
        scope["state"] = state
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
