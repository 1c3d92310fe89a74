"""Whether a workspace's supervisor and its IDE answer: told to anybody, by the proxy itself.

Editors and scripts ask before they have a credential, as they did at Gitpod. So the answer is
one boolean out of the route table: nothing that is asked here reaches an instance, and a
workspace that does not exist is told as one that is stopped. Who wants to follow it, by
events or a WebSocket, asks the supervisor, as the owner.
"""

from proxy.core.message import RequestHead
from proxy.core.plans import Plan, Wait
from proxy.core.reachable import reachable
from proxy.core.replies import plain
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import IdeHost
from wire.routes import Route

PREFIX = "/_supervisor/v1/status/"
_PORTS = {"supervisor": SUPERVISOR_PORT, "ide": IDE_PORT}
_WAIT = "/wait/true"
"""Behind a path: the answer comes when it is yes, or after a while."""


def public_status(head: RequestHead, host: IdeHost, found: Route | None) -> Plan | None:
    """Return the answer to one of the public questions, None for every other path."""
    asked = head.path.removeprefix(PREFIX).removesuffix("/")
    waits = asked.endswith(_WAIT)
    port = _PORTS.get(asked.removesuffix(_WAIT))
    if port is None or head.method not in {"GET", "HEAD"}:
        return None
    if head.upgrade or "text/event-stream" in head.get(b"accept"):
        return None
    ok = found is not None and reachable(found, host, port)
    said = plain(
        200,
        [(b"content-type", b"application/json")],
        b'{"ok": true}' if ok else b'{"ok": false}',
    )
    return said if ok or not waits else Wait(host.workspace, said)
