"""Requests to the platform's own services: the dashboard, static files, the registry of images.

What is the same in all requests that go on, also to workspaces, is here too: the client's address
and the headers.
"""

from collections.abc import Callable
from urllib.parse import unquote

from proxy.core import answers, otherhosts
from proxy.core.commands import Service, Upstream
from proxy.core.headers import request_headers
from proxy.core.message import Headers, RequestHead
from proxy.core.plans import Asker, Forward, Plan, Turn, World
from proxy.core.replies import Reply
from proxy.core.visitors import customer

_REGISTRY = "registry"
"""What requests for images are counted as."""
_NOT_FROM_OUTSIDE = frozenset({"internal", "agent"})


def dashboard(world: World, head: RequestHead, asker: Asker, number: int) -> Plan:
    """Pages and API; what the server has for the platform alone is not there from outside."""
    if _first_segment(head.path) in _NOT_FROM_OUTSIDE:
        return answers.not_found()
    if world.away and Service.SERVER in world.away:
        return answers.service_away(head, Service.SERVER)
    headers = headers_for(world, head, asker, number, user_code=False)
    return _in_turn(world, head, asker, Forward(Upstream(Service.SERVER), headers))


def assets(world: World, head: RequestHead, asker: Asker, number: int, target: str = "") -> Plan:
    """Files that are the same for everybody: no credential counts, and none is passed on."""
    if world.away and Service.BLOBSERVE in world.away:
        return answers.service_away(head, Service.BLOBSERVE)
    headers = headers_for(world, head, asker, number, user_code=True)
    kept = [one for one in headers if one[0] not in {b"cookie", b"authorization"}]
    forward = Forward(Upstream(Service.BLOBSERVE), kept, target=target)
    return _in_turn(world, head, asker, forward)


def _in_turn(
    world: World,
    head: RequestHead,
    asker: Asker,
    forward: Forward,
    service: str = "",
    refusal: Callable[[RequestHead], Reply] = answers.too_many_requests,
) -> Forward | Turn:
    """Return when a request goes to a service: at once, or when others of its address have ended.

    What comes out of a workspace has none, and is counted by the workspace. `service` is what is
    counted, when it is not all that goes to the upstream.
    """
    who = asker.workspace or customer(client_of(world, head, asker))
    forward.turn = f"{service or forward.upstream.target} {who}"
    if not world.turns.full(forward.turn):
        return forward
    return Turn(forward, refusal(head))


def registry(world: World, head: RequestHead, asker: Asker, number: int) -> Plan:
    """Images, for whoever shows a token of them: the registry looks at it, nobody here does."""
    if not otherhosts.is_registrys(head.path):
        return otherhosts.no_registrys(rules=world.rules, head=head)
    if world.away and Service.BLOBSERVE in world.away:
        return answers.service_away(head, Service.BLOBSERVE)
    headers = headers_for(world, head, asker, number, user_code=True)
    kept = [one for one in headers if one[0] != b"cookie"]
    forward = Forward(Upstream(Service.BLOBSERVE), kept)
    # by itself: layers on their way for minutes are no reason for an editor to wait for its files
    return _in_turn(world, head, asker, forward, _REGISTRY, otherhosts.too_many_at_registry)


def _first_segment(path: str) -> str:
    """Return the first segment as the most lenient reader would take it."""
    segments: list[str] = []
    for segment in unquote(path).replace("\\", "/").split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(segment)
    return segments[0].lower() if segments else ""


def client_of(world: World, head: RequestHead, asker: Asker) -> str:
    """Return the address of whoever asks."""
    if world.fronts.networks and not asker.workspace:
        return world.fronts.client(asker.peer, head.get(b"x-forwarded-for"))
    return asker.peer


def headers_for(
    world: World, head: RequestHead, asker: Asker, number: int, *, user_code: bool
) -> Headers:
    """Return the headers of a request as it goes on; `user_code` may see no cookie of ours."""
    client = client_of(world, head, asker)
    scheme, request_id = world.rules.hosts.scheme, asker.request_id(number)
    return request_headers(head, scheme, client, request_id, user_code=user_code)
