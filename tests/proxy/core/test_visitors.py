"""How much of public and shared ports one address may have at a time."""

from dataclasses import replace

import pytest

from proxy.core import events
from proxy.core.forwarded import Fronts
from proxy.core.visitors import LEAST, Visitors, customer
from tests.proxy.core.play import OK, Play
from tests.proxy.world import (
    OPEN_PORT,
    PORT,
    TAB,
    guest_cookie,
    make_route,
    make_world,
    ports_cookie,
    request,
    shares,
    upgrade,
)
from wire.routes import PortRoute

VISIT = request("/", OPEN_PORT)
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def crowd(people: int, most: int = 2, **changes) -> list[Play]:
    """Connections of one address to one proxy."""
    ports = {4000: PortRoute(visibility="public")}
    world = make_world(make_route(**{"shares": shares(), "ports": ports, **changes}))
    world = replace(world, visitors=Visitors(most))
    return [Play(world) for _ in range(people)]


def test_an_address_that_has_too_many_is_told_when_to_come_again():
    first, second, third = crowd(3)
    first.through(VISIT)
    second.through(VISIT)
    third.ask(VISIT)
    assert (third.status, third.sent("retry-after")) == (429, ["5"])
    assert third.records[-1].code == "too_many_connections"
    assert third.opened == []
    third.ask(request("/", OPEN_PORT, headers=TAB))
    assert b"<h1>Too many connections from your address</h1>" in third.to_client


def test_the_place_is_free_again_with_the_answer():
    first, second = crowd(2, most=1)
    for _ in range(3):
        first.through(VISIT)
        second.ask(VISIT)
        assert second.status == 429
        first.answer(OK)
        second.through(VISIT)
        second.answer(OK)
        assert second.status == 200


@pytest.mark.parametrize(
    "ended",
    [
        [events.ClientGone()],
        [events.UpstreamGone(clean=False)],
        [events.Revoked()],
        [events.Answered(b"nonsense\r\n\r\n")],
        [events.Answered(SWITCHED), events.RelayEnded()],
        [events.Answered(SWITCHED), events.Draining()],
    ],
    ids=lambda happened: type(happened[-1]).__name__,
)
def test_the_place_is_free_again_whatever_ends_it(ended):
    (first,) = crowd(1, most=1)
    first.through(request("/", OPEN_PORT, headers=upgrade(f"http://{OPEN_PORT}")))
    assert first.world.visitors.present == 1
    first.tell(*ended)
    assert first.world.visitors.present == 0
    assert not first.world.visitors.full("192.0.2.7")


def test_a_tunnel_holds_its_place():
    first, second = crowd(2, most=1)
    first.through(request("/", OPEN_PORT, headers=upgrade(f"http://{OPEN_PORT}")))
    first.answer(SWITCHED)
    second.ask(request("/", OPEN_PORT, headers=upgrade(f"http://{OPEN_PORT}")))
    assert second.status == 429


def test_a_guest_is_a_visitor_too():
    first, second = crowd(2, most=1)
    cookie = {"Cookie": guest_cookie(), **TAB}
    first.through(request("/", PORT, headers=cookie))
    second.ask(request("/", PORT, headers=cookie))
    assert second.status == 429


def test_who_has_an_account_is_not_counted():
    first, second = crowd(2, most=1)
    first.through(VISIT)
    second.through(request("/", PORT, headers={"Cookie": ports_cookie(), **TAB}))
    second.answer(OK)
    assert second.status == 200
    assert second.world.visitors.present == 1


def test_who_has_an_account_passes_a_full_public_port():
    first, second = crowd(2, most=1)
    first.through(VISIT)
    second.through(request("/", OPEN_PORT, headers={"Cookie": ports_cookie()}))
    second.answer(OK)
    assert second.status == 200
    second.ask(request("/", OPEN_PORT, headers={"Cookie": ports_cookie(user="eve")}))
    assert second.status == 429


def test_behind_a_front_it_is_the_clients_address_that_counts():
    (one,) = crowd(1, most=1)
    world = replace(one.world, fronts=Fronts.of(("192.0.2.0/24",)))
    people = [Play(world) for _ in range(3)]
    for person, address in zip(people, ("203.0.113.1", "203.0.113.2", "203.0.113.1"), strict=True):
        person.ask(request("/", OPEN_PORT, headers={"X-Forwarded-For": address}))
    assert [len(person.opened) for person in people] == [1, 1, 0]
    assert people[2].status == 429


def test_without_a_number_there_is_no_limit():
    people = crowd(300, most=0)
    for one in people:
        one.through(VISIT)
    assert people[0].world.visitors.present == 300


def test_workers_have_a_share_each_that_is_enough_for_a_person():
    for most, workers, each in ((256, 1, 256), (256, 2, 128), (256, 16, LEAST), (10, 4, 10)):
        visitors = Visitors(most, workers)
        for _ in range(each):
            assert not visitors.full("192.0.2.1")
            visitors.come("192.0.2.1")
        assert visitors.full("192.0.2.1"), (most, workers)


def test_nothing_is_kept_of_who_has_gone():
    visitors = Visitors(1)
    for number in range(1000):
        visitors.come(f"192.0.2.{number}")
        visitors.go(f"192.0.2.{number}")
    assert visitors._of == {}


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::6", "2001:db8:1:2::/64"),
        ("2001:db8::6", "2001:db8:0:0::/64"),
        ("2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"),
        ("::1", "0:0:0:0::/64"),
        ("2001:db8::", "2001:db8:0:0::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_network_is_one_customer(address, stands_for):
    assert customer(address) == stands_for
