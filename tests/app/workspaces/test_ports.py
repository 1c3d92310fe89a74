"""What listens and what people set, put together."""

from app.workspaces.ports import (
    MOST,
    changed,
    kept,
    ports_of,
    public_of,
    routes_of,
    taken_back,
    wishes_kept,
)
from app.workspaces.structs import PortSettings, PortView, Protocol, Visibility
from wire.agent import PortReport
from wire.hosts import Hosts
from wire.ports import PortWish
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
    shown = ports_of(WORKSPACE, [NODE], settings, [], HOSTS)
    assert shown == [
        PortView(
            port=3000,
            url=f"http://3000-{WORKSPACE}.ws.localhost:8080",
            visibility=Visibility.PUBLIC,
            listening=True,
            process="node",
            address="::1",
            loopback=True,
            on_open="notify-private",
        ),
        PortView(
            port=8000,
            url=f"http://8000-{WORKSPACE}.ws.localhost:8080",
            visibility=Visibility.PUBLIC,
            listening=False,
            on_open="notify-private",
        ),
    ]
    private = ports_of(WORKSPACE, [NODE], {}, [], HOSTS)
    assert [one.visibility for one in private] == [Visibility.PRIVATE]


PUBLIC = PortSettings(visibility=Visibility.PUBLIC)
PRIVATE = PortSettings(visibility=Visibility.PRIVATE)
HTTPS = PortSettings(protocol=Protocol.HTTPS)


def test_proxies_know_what_listens_and_what_is_said_of_ports():
    public = {8000: PortRoute(visibility="public")}
    assert routes_of([], {"8000": {"visibility": "public"}}, []) == public
    listens = {3000: PortRoute(listening=True)}
    assert routes_of([NODE], {"8000": {"visibility": "private"}}, []) == listens
    assert routes_of([], {"8443": {"protocol": "https"}}, []) == {8443: PortRoute(protocol="https")}


def test_a_port_is_set_and_set_back():
    public = changed({}, 80, PUBLIC)
    assert public == {"80": {"visibility": "public"}}
    assert changed(public, 81, PUBLIC).keys() == {"80", "81"}
    assert changed(public, 80, PRIVATE) == {"80": {"visibility": "private"}}
    assert public == {"80": {"visibility": "public"}}


def test_what_a_port_speaks_is_set_beside_who_may_use_it():
    secure = changed(changed({}, 80, PUBLIC), 80, HTTPS)
    assert secure == {"80": {"visibility": "public", "protocol": "https"}}
    assert changed({}, 80, HTTPS) == {"80": {"protocol": "https"}}
    assert public_of([80], changed({}, 80, HTTPS), []) == set()
    wish = wishes_kept([PortWish(first=80, last=90, public=True, protocol="https")])
    shown = ports_of(WORKSPACE, [{**NODE, "port": 81}], {}, wish, HOSTS)
    assert [(one.port, one.protocol) for one in shown] == [(81, Protocol.HTTPS)]
    assert public_of([80], changed({}, 80, HTTPS), wish) == {80}, "one word takes nothing else back"
    plain = changed({}, 80, PortSettings(protocol=Protocol.HTTP))
    assert routes_of([{**NODE, "port": 80}], plain, wish)[80].protocol == "http"


WISHES = wishes_kept(
    [
        PortWish(first=3000, last=3000, name="Shop", description="The front end"),
        PortWish(first=3000, last=3010, public=True, name="Later"),
        PortWish(first=9000, last=9000, public=True),
    ]
)


def test_the_first_wish_for_a_port_counts_and_a_range_only_where_something_listens():
    listening = [NODE, {**NODE, "port": 3005}, {**NODE, "port": 4000}]
    assert public_of([3000, 3005, 4000], {}, WISHES) == {3005, 9000}
    shown = {one.port: one for one in ports_of(WORKSPACE, listening, {}, WISHES, HOSTS)}
    assert list(shown) == [3000, 3005, 4000, 9000]
    assert (shown[3000].name, shown[3000].description) == ("Shop", "The front end")
    assert (shown[3005].name, shown[4000].name) == ("Later", "")
    assert (shown[9000].visibility, shown[9000].listening) == (Visibility.PUBLIC, False)
    routes = routes_of(listening, {}, WISHES)
    assert routes.keys() == {3000, 3005, 4000, 9000}
    assert routes[3000] == PortRoute(listening=True, name="Shop")
    assert {port for port, one in routes.items() if one.visibility == "public"} == {3005, 9000}


def test_what_is_ignored_completely_is_opened_by_a_person_alone():
    wishes = wishes_kept([PortWish(first=80, last=80, public=True, on_open="ignore-completely")])
    assert public_of([80], {}, wishes) == set()
    assert public_of([80], changed({}, 80, PUBLIC), wishes) == {80}


def test_what_a_person_has_set_counts_more_than_a_wish():
    settings = changed(changed({}, 9000, PRIVATE), 3000, PUBLIC)
    assert public_of([3000, 3005], settings, WISHES) == {3000, 3005}


def test_wishes_that_cannot_be_are_not_kept():
    odd = [PortWish(first=0, last=9), PortWish(first=9, last=8), PortWish(first=1, last=70_000)]
    odd.append(PortWish(first=80, last=80, protocol="gopher"))
    assert wishes_kept(odd) == []
    many = [PortWish(first=80, last=80, name="a\n" * 100)] * (MOST + 1)
    assert len(wishes_kept(many)) == MOST
    assert wishes_kept(many)[0]["name"] == "a" * 32


def test_a_setting_counts_until_the_file_says_something_else():
    settings = changed(changed({}, 3000, PUBLIC), 80, PUBLIC)
    settings = changed(changed(settings, 9000, HTTPS), 9000, PUBLIC)
    after = wishes_kept(
        [
            PortWish(first=3000, last=3000, name="Renamed"),
            PortWish(first=9000, last=9000),
            PortWish(first=80, last=80, public=False),
        ]
    )
    assert taken_back(settings, WISHES, after) == {
        "3000": {"visibility": "public"},
        "9000": {"protocol": "https"},
        "80": {"visibility": "public"},
    }


def test_a_file_opens_nothing_that_a_person_has_closed():
    settings = changed(changed({}, 3000, PRIVATE), 3000, HTTPS)
    before = wishes_kept([PortWish(first=3000, last=3000, protocol="http")])
    after = wishes_kept([PortWish(first=3000, last=3000, public=True, protocol="https")])
    assert taken_back(settings, before, after) == {"3000": {"visibility": "private"}}


def test_what_happens_when_it_listens_is_the_files_or_gitpods_default():
    listening = [NODE, {**NODE, "port": 20000}, {**NODE, "port": 4000}]
    wishes = wishes_kept([PortWish(first=4000, last=4000, on_open="open-browser")])
    shown = ports_of(WORKSPACE, listening, {}, wishes, HOSTS)
    assert [one.on_open for one in shown] == ["notify-private", "open-browser", "ignore"]
