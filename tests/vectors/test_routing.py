"""I: what becomes of a request to the hosts of a workspace, its owner's and a stranger's."""

import json
from collections.abc import Callable
from http import HTTPMethod

import pytest

from blobserve.core.compose import Piece
from blobserve.core.ref import parse
from blobserve.core.replies import Asked, answer
from proxy.core.commands import Service, Upstream, Way
from proxy.core.events import NotOpened
from proxy.core.plans import Asker, Forward, Plan
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.core.play import Play
from tests.proxy.world import (
    HOSTS,
    IDE,
    MOMENT,
    PORT,
    SEED,
    SELF,
    TAB,
    WORKSPACE,
    head,
    ide_cookie,
    make_world,
    ports_cookie,
    request,
)
from wire.agent import IDE_PORT
from wire.routes import NodeTarget

FOREIGN = "v--sr1o1nu24nqdf809l0u27jk5t7.ws.localhost:8080"
STATUS = "/_supervisor/v1/status/ide"
HERE = Upstream(NodeTarget(instance=f"{WORKSPACE}.1"), IDE_PORT)
OWNER = {"Cookie": ide_cookie()}


def planned(target: str, host: str = IDE, **headers: str) -> Plan:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return route(
        make_world(), head(target, host, headers=given), Asker("192.0.2.7", SEED), 1, MOMENT
    )


def to_workspace(plan: Plan) -> bool:
    return isinstance(plan, Forward) and plan.upstream == HERE


def said(plan: Plan) -> tuple[int, str]:
    assert isinstance(plan, Reply)
    return plan.status, plan.code


def foreign() -> bool:
    """The proxy asks blobserve, and blobserve's answer may be kept for a year."""
    plan = planned("/image:1/__files__/test.html", FOREIGN, **TAB)
    assert isinstance(plan, Forward)
    wanted = parse(plan.target)
    assert wanted is not None
    files = {"test.html": Piece("blob", 0, 1, "tag")}
    kept = answer(Asked(HTTPMethod.GET), files, {}, wanted.path).headers["Cache-Control"]
    return (
        plan.upstream == Upstream(Service.BLOBSERVE)
        and (wanted.image, wanted.path) == ("image:1", "test.html")
        and kept.startswith("public, max-age=31536000")
    )


def status_of(**headers: str) -> bool:
    plan = planned(STATUS, **headers)
    return isinstance(plan, Reply) and (plan.status, json.loads(plan.body)) == (200, {"ok": True})


def answered(response: bytes) -> Play:
    """Play a request of the owner's to a port, whose application says this."""
    play = Play()
    play.through(request("/this-does-not-exist", PORT, headers={**SELF, "Cookie": ports_cookie()}))
    play.answer(response)
    return play


def missing() -> bool:
    play = answered(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nmine")
    return play.status == 404 and play.to_client.endswith(b"mine") and play.told("host") == [PORT]


def unframed() -> bool:
    return not answered(
        b"HTTP/1.1 200 OK\r\nX-Frame-Options: sameorigin\r\nContent-Length: 0\r\n\r\n"
    ).sent("x-frame-options")


def nothing_listens() -> bool:
    play = Play()
    play.ask(request("/", PORT, headers={**TAB, "Cookie": ports_cookie()}))
    play.tell(NotOpened(Way.REFUSED))
    return play.status == 502 and b"Nothing listens on port 3000" in play.to_client


def unknown_to_strangers() -> bool:
    """A stranger hears the same of a workspace that exists and of one that does not."""
    nobody = f"{WORKSPACE[:-1]}0.ws.localhost:8080"
    for host in (IDE, nobody):
        plan = planned("/x", host, **TAB)
        assert isinstance(plan, Reply)
        location = dict(plan.headers)[b"location"].decode()
        assert plan.status == 303
        assert location.startswith(f"{HOSTS.dashboard}/auth/grant?host=")
        assert said(planned("/x", host, **SELF)) == (401, "unauthenticated")
    return True


def host_keys() -> bool:
    """With a gateway, which there always is, its keys are everybody's; the rest is private."""
    plan = planned("/_ssh/host_keys", **SELF)
    return (
        isinstance(plan, Forward)
        and plan.upstream == Upstream(Service.SSH)
        and said(planned("/_ssh/other", **SELF))[0] in {401, 404}
    )


ROWS: dict[str, Callable[[], bool]] = {
    "I1": lambda: said(planned("/favicon.ico", **SELF, **OWNER)) == (200, ""),
    "I3": lambda: said(planned("/")) == (401, "unauthenticated"),
    "I5": lambda: to_workspace(planned("/", Sec_Fetch_Site="same-origin", **OWNER)),
    "I7": lambda: to_workspace(planned("/not-from-blobserve", **SELF, **OWNER)),
    "I9": foreign,
    "I13": lambda: (
        said(
            planned(
                "/somewhere/in/the/ide",
                Origin=HOSTS.dashboard,
                Access_Control_Request_Method="OPTIONS",
                **OWNER,
            )
        )
        == (403, "initiator_refused")
    ),
    "I15": status_of,
    "I17": lambda: status_of(**OWNER),
    "I19": unknown_to_strangers,
    "I23": missing,
    "I25": nothing_listens,
    "I27": unframed,
    "I31": host_keys,
}


@pytest.mark.parametrize("row", ROWS)
def test_routing(row: str) -> None:
    assert ROWS[row]()
