"""Requests of one address to a service: how many at once, and who comes next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import events
from proxy.core.commands import NextTurn, Service
from proxy.core.plans import Asker, World
from proxy.core.turns import LEAST, Turns
from tests.proxy.core.play import OK, Play
from tests.proxy.world import MOMENT, SEED, WORKSPACE, make_route, make_table, make_world, request

DASHBOARD = "podium.localhost:8080"
ASSETS = "ide.localhost:8080"
ASK = request("/", DASHBOARD)
FILE = request("/blobserve/x/__files__/y", ASSETS)


def crowded(most: int = 1) -> World:
    made = make_world()
    return World(made.rules, made.table, turns=Turns(most))


def of(world: World, address: str) -> Play:
    play = Play(world)
    play.core._asker = Asker(address, SEED)
    return play


def test_the_next_one_waits_until_the_first_is_answered() -> None:
    world = crowded()
    first, second = Play(world), Play(world)
    assert first.ask(ASK) == ["Open"]
    assert second.ask(ASK) == ["AwaitTurn"]
    first.tell(events.Opened(kept=False))
    assert first.answer(OK) == ["Send", "Keep", "NextTurn"]
    world.turns.free(f"{Service.SERVER} 192.0.2.7")
    assert second.tell(events.TurnCame(), events.Opened(kept=True)) == ["Open", "Tell"]
    assert second.answer(OK) == ["Send", "Keep", "NextTurn"]
    assert (second.status, second.records[0].status) == (200, 200)


def test_nobody_comes_in_between_not_even_by_the_same_connection() -> None:
    world = crowded()
    first, second = Play(world), Play(world)
    first.ask(ASK + ASK)
    second.ask(ASK)
    first.tell(events.Opened(kept=False))
    assert first.answer(OK) == ["Send", "Keep", "NextTurn", "AwaitTurn", "HoldClient off"]
    world.turns.free(f"{Service.SERVER} 192.0.2.7")
    assert second.tell(events.TurnCame()) == ["Open"]


def test_other_addresses_and_the_other_service_are_counted_by_themselves() -> None:
    world = crowded()
    assert Play(world).ask(ASK) == ["Open"]
    assert Play(world).ask(FILE) == ["Open"]
    assert Play(world).ask(FILE) == ["AwaitTurn"]
    assert of(world, "192.0.2.8").ask(ASK) == ["Open"]
    assert of(world, "2001:db8::1").ask(ASK) == ["Open"]
    assert of(world, "2001:db8::2").ask(ASK) == ["AwaitTurn"], "one customer's network"


def test_a_workspace_is_counted_by_its_name() -> None:
    world = crowded()
    for address in ("10.0.0.1", "10.0.0.2"):
        play = Play(world)
        play.core._asker = Asker(address, SEED, WORKSPACE)
        assert play.ask(ASK) == ["Open" if address == "10.0.0.1" else "AwaitTurn"]


def test_a_body_waits_with_its_request_and_is_not_read() -> None:
    world = crowded()
    first, second = Play(world), Play(world)
    first.ask(ASK)
    post = request("/", DASHBOARD, "POST", {}, b"hello")
    assert second.ask(post) == ["AwaitTurn", "HoldClient on"]
    first.tell(events.ClientGone())
    assert second.tell(events.TurnCame()) == ["Open", "HoldClient off"]
    second.tell(events.Opened(kept=False))
    assert second.to_upstream.endswith(b"\r\n\r\nhello")


def test_who_waits_too_long_is_told_to_come_again_and_the_connection_goes_on() -> None:
    world = crowded()
    first, second = Play(world), Play(world)
    first.ask(ASK)
    second.ask(ASK)
    assert second.wait(29) == []
    assert second.wait(2) == ["Send"]
    assert (second.status, second.sent("retry-after")) == (429, ["5"])
    assert second.records[0].code == "too_many_requests"
    assert second.tell(events.TurnCame()) == [], "too late"
    assert second.ask(ASK) == ["AwaitTurn"]


@pytest.mark.parametrize("way", ["gone", "refused", "away"])
def test_however_it_ends_its_place_is_the_next_ones(way: str) -> None:
    world = crowded()
    play = Play(world)
    play.ask(ASK)
    match way:
        case "gone":
            words = play.tell(events.ClientGone())
        case "refused":
            words = play.tell(events.Opened(kept=False)) + play.answer(b"nonsense\r\n")
        case _:
            words = play.tell(events.ServiceAway())
    assert words.count("NextTurn") == 1


def test_a_tunnel_gives_its_place_back_when_it_is_granted() -> None:
    world = crowded()
    play = Play(world)
    wish = {"Connection": "Upgrade", "Upgrade": "websocket"}
    play.through(request("/events", DASHBOARD, headers=wish))
    granted = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    assert play.answer(granted) == ["Send", "Relay", "NextTurn"]
    world.turns.free(f"{Service.SERVER} 192.0.2.7")
    assert "NextTurn" not in play.tell(events.RelayEnded())


def test_ports_and_editors_are_not_counted_here() -> None:
    made = make_world(table=make_table(make_route()))
    world = World(made.rules, made.table, turns=Turns(1))
    for _ in range(3):
        asked = request("/", f"4000-{WORKSPACE}.ws.localhost:8080")
        assert Play(world).ask(asked) == ["Open"]


def test_each_of_several_workers_has_a_share_and_none_is_no_limit() -> None:
    assert (Turns(64, 2)._most, Turns(64, 8)._most, Turns(8, 4)._most) == (32, LEAST, 8)
    without = Turns(0)
    without.come("a")
    assert not without.full("a")
    assert not without.go("a")


@given(st.lists(st.sampled_from(["come", "go"]), max_size=40), st.integers(1, 4))
def test_never_more_than_so_many_and_no_place_is_lost(steps: list[str], most: int) -> None:
    turns, there, waiting = Turns(most), 0, 0
    for step in steps:
        if step == "come":
            if turns.full("a"):
                waiting += 1
            else:
                turns.come("a")
                there += 1
        elif there:
            there -= 1
            if turns.go("a"):
                turns.free("a")
                while waiting and not turns.full("a"):
                    turns.come("a")
                    waiting, there = waiting - 1, there + 1
        assert turns._of.get("a", 0) == there <= most
        assert not waiting or turns.full("a")


def test_a_command_names_whose_turn_it_is() -> None:
    play = Play(crowded())
    play.ask(ASK)
    commands = play.core.handle(events.ClientGone(), MOMENT)
    assert [one.turn for one in commands if isinstance(one, NextTurn)] == ["server 192.0.2.7"]
