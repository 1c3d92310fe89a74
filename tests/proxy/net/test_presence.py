"""Whom a changed route concerns."""

import io
from dataclasses import dataclass
from typing import Any

import pytest

from proxy.net.accesslog import AccessLog
from proxy.net.dial import Dialer
from proxy.net.gateway import Gateway
from proxy.net.inward import Ways
from proxy.net.presence import Presence
from proxy.net.redeem import Redeemer
from proxy.net.upstream import Pool
from tests.proxy.world import OTHER, make_route, make_world
from wire.routes import Put


@dataclass(eq=False)
class Client:
    workspace: str = ""


def test_a_client_is_where_its_latest_request_is() -> None:
    presence: Presence[Client] = Presence()
    one, two = Client(), Client()
    presence.move(one, "a")
    presence.move(two, "a")
    assert set(presence.of(["a"])) == {one, two}
    presence.move(one, "b")
    assert presence.of(["a"]) == [two]
    assert set(presence.of(["a", "b", "c"])) == {one, two}
    presence.move(one, "")
    assert presence.of(["b"]) == []


def test_who_has_gone_leaves_nothing_behind() -> None:
    presence: Presence[Client] = Presence()
    one = Client()
    presence.leave(one)
    presence.move(one, "a")
    presence.leave(one)
    presence.leave(one)
    assert not presence._at


class Untouchable:
    """A client of one workspace; whoever looks at what it does has looked at too many."""

    workspace = ""
    origin = "browser"
    address = "192.0.2.1"

    @property
    def core(self) -> object:
        raise AssertionError("looked at")


async def test_a_changed_route_looks_at_the_clients_of_its_workspace_alone() -> None:
    world = make_world()
    gateway = Gateway(world, Pool({}, Ways(Dialer(""))), Redeemer(""), AccessLog(io.BytesIO()), [])
    client: Any = Untouchable()
    gateway.came(client)
    gateway.attends(client, OTHER)
    for seq in range(8, 20):
        assert gateway.feed(Put(epoch="e", seq=seq, route=make_route(version=seq)))
    with pytest.raises(AssertionError, match="looked at"):
        gateway.feed(Put(epoch="e", seq=20, route=make_route(OTHER, version=20)))
