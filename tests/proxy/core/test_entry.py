"""Connections out of workspaces: whose they are, and what that is worth."""

from dataclasses import replace

import pytest

from proxy.core import events
from proxy.core.commands import Service
from proxy.core.entry import EntryConnection
from proxy.core.forwarded import Fronts
from proxy.core.patience import GREETING, Patience
from tests.proxy.core.play import OK, Play
from tests.proxy.world import (
    IDE,
    MOMENT,
    NOW,
    OPEN_PORT,
    OTHER,
    PORT,
    PROOF_KEY,
    SEED,
    WORKSPACE,
    make_route,
    make_world,
    request,
    upgrade,
)
from wire.names import greet

ADDRESS = "198.18.0.6"
OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
OTHER_PORT = PORT.replace(WORKSPACE, OTHER)


class Inside(Play):
    """The supervisor's connection on behalf of a program in the workspace."""

    def __init__(self) -> None:
        super().__init__(make_world(make_route(), make_route(OTHER, key=OTHER_KEY)))
        self.core = EntryConnection(self.world, SEED, MOMENT)

    def greet(self, workspace: str = WORKSPACE, key: str = PROOF_KEY, now: float = NOW) -> list:
        return self.ask(greet(workspace, ADDRESS, key, now))


@pytest.fixture
def inside() -> Inside:
    made = Inside()
    assert made.greet() == []
    return made


def test_a_program_reaches_a_private_port_of_its_own_workspace(inside):
    assert inside.through(request("/", PORT)) == ["Open", "Tell"]
    assert inside.told("x-forwarded-for") == [ADDRESS]
    inside.answer(OK)
    assert inside.status == 200


def test_a_websocket_of_a_program_too(inside):
    assert inside.through(request("/", PORT, headers=upgrade(""))) == ["Open", "Tell"]


def test_no_workspace_speaks_with_the_address_of_somebody_else():
    made = Inside()
    assert made.ask(greet(WORKSPACE, "127.0.0.1", PROOF_KEY, NOW)) == ["Abort"]


def test_a_workspace_is_no_front_whatever_the_networks_of_fronts_are():
    made = Inside()
    world = replace(made.world, fronts=Fronts.of(("0.0.0.0/0",)))
    made.core = EntryConnection(world, SEED, MOMENT)
    made.greet()
    made.through(request("/", PORT, headers={"X-Forwarded-For": "192.0.2.1"}))
    assert made.told("x-forwarded-for") == [ADDRESS]


def test_ports_of_another_workspace_are_a_strangers_unless_public(inside):
    inside.ask(request("/", OTHER_PORT))
    assert inside.status == 401
    assert inside.through(request("/", OPEN_PORT.replace(WORKSPACE, OTHER))) == ["Open", "Tell"]


@pytest.mark.parametrize("path", ["/", "/_supervisor/v1/status"])
def test_editor_and_supervisor_are_the_persons_not_the_workspaces(inside, path):
    inside.ask(request(path, IDE))
    assert inside.status == 401


def test_the_dashboard_answers_as_it_answers_everybody(inside):
    assert inside.through(request("/", "podium.localhost:8080")) == ["Open", "Tell"]
    assert inside.opened[0].upstream.target is Service.SERVER


@pytest.mark.parametrize(
    "cause",
    [
        {"Origin": "http://evil.example"},
        {"Origin": f"http://{OTHER_PORT}", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        upgrade("http://evil.example"),
    ],
)
def test_a_page_of_others_in_a_browser_inside_is_refused(inside, cause):
    inside.ask(request("/", PORT, headers=cause))
    assert inside.status == 403


def test_a_page_of_the_workspace_in_a_browser_inside_may_read_another_port(inside):
    page = f"http://{PORT.replace('3000', '5000')}"
    inside.through(request("/", PORT, headers={"Origin": page, "Sec-Fetch-Site": "same-site"}))
    inside.answer(OK)
    assert inside.sent("access-control-allow-origin") == [page]


@pytest.mark.parametrize(
    "greeting",
    [
        {"workspace": OTHER},
        {"key": OTHER_KEY},
        {"now": NOW - 3600},
        {"workspace": "blue-crane-0123456789"},
    ],
    ids=["as another workspace", "another key", "old", "unknown"],
)
def test_whoever_cannot_prove_it_is_not_answered(greeting):
    made = Inside()
    assert made.greet(**greeting) == ["Abort"]
    assert made.to_client == b""


@pytest.mark.parametrize("said", [request("/", PORT), b"x" * 1000, b"\r\n"])
def test_without_a_greeting_there_is_no_answer(said):
    made = Inside()
    assert made.ask(said) == ["Abort"]


def test_a_greeting_may_come_in_pieces_and_with_the_request_behind_it():
    made = Inside()
    whole = greet(WORKSPACE, ADDRESS, PROOF_KEY, NOW) + request("/", PORT)
    assert made.ask(whole[:30]) == []
    assert made.ask(whole[30:]) == ["Open"]


def test_who_says_nothing_is_cut_off():
    made = Inside()
    assert made.wait(GREETING - 1) == []
    assert made.wait(2) == ["Abort"]
    assert made.core.deadline == float("inf")


def test_before_the_greeting_there_is_nothing_to_end():
    made = Inside()
    assert (made.core.forward, made.core.working) == (None, False)
    assert made.tell(events.ClientGone()) == []
    assert Inside().tell(events.Tick()) == []


def test_a_greeting_on_its_way_to_a_drained_proxy_is_taken():
    made = Inside()
    assert made.tell(events.Draining()) == []
    assert made.ask(greet(WORKSPACE, ADDRESS, PROOF_KEY, NOW)) == []
    assert made.wait(Patience.LEAVING.seconds) == ["Close"]


def test_after_it_the_connection_is_like_every_other_one(inside):
    inside.through(request("/", PORT))
    assert inside.core.working
    assert inside.core.forward.access.own
    assert inside.tell(events.Revoked()) == ["Drop", "Abort"]
