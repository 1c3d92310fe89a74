"""What listens and what people set, put together."""

from app.workspaces.ports import MOST, changed, kept, ports_of, routes_of
from app.workspaces.structs import PortView, Visibility
from wire.agent import PortReport
from wire.hosts import Hosts
from wire.routes import PortRoute

HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
WORKSPACE = "amber-otter-0000000000"
NODE = {"port": 3000, "process": "node", "address": "::1", "loopback": True}


def test_what_cannot_be_is_not_kept():
    told = [PortReport(port=port) for port in (0, -1, 65536, 80)]
    assert [one["port"] for one in kept(told)] == [80]
    assert len(kept([PortReport(port=one + 1) for one in range(MOST + 50)])) == MOST
    odd = PortReport(port=1, process="a\x1b[31m\n" + "b" * 100, address="::1")
    assert kept([odd])[0]["process"] == "a[31m" + "b" * 57


def test_listening_and_public_ports_are_shown_in_order():
    settings = {"8000": {"visibility": "public"}, "3000": {"visibility": "public"}}
    shown = ports_of(WORKSPACE, [NODE], settings, HOSTS)
    assert shown == [
        PortView(
            port=3000,
            url=f"http://3000-{WORKSPACE}.ws.localhost:8080",
            visibility=Visibility.PUBLIC,
            listening=True,
            process="node",
            address="::1",
            loopback=True,
        ),
        PortView(
            port=8000,
            url=f"http://8000-{WORKSPACE}.ws.localhost:8080",
            visibility=Visibility.PUBLIC,
            listening=False,
        ),
    ]
    private = ports_of(WORKSPACE, [NODE], {}, HOSTS)
    assert [one.visibility for one in private] == [Visibility.PRIVATE]


def test_proxies_know_the_public_ones():
    assert routes_of({"8000": {"visibility": "public"}}) == {8000: PortRoute(visibility="public")}
    assert routes_of({"8000": {"visibility": "else"}}) == {}


def test_a_port_is_set_and_set_back():
    public = changed({}, 80, Visibility.PUBLIC)
    assert public == {"80": {"visibility": "public"}}
    assert changed(public, 81, Visibility.PUBLIC).keys() == {"80", "81"}
    assert changed(public, 80, Visibility.PRIVATE) == {}
    assert public == {"80": {"visibility": "public"}}
