"""Every route, walked by those who may not pass: what a new route forgets, this finds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from app.accounts.access import Action, Listener
from app.db.sessions import Database
from app.linkprotocol import PEER
from app.listeners import ASKED, Gate, belongs, may_ask
from tests.app.people import add_person, person
from tests.app.routes import Door, doors, knock
from tests.app.server import DASHBOARD, Server, open_server
from tests.app.workspaces.control import DEMO
from wire.phases import Phase

OPEN = {Action.SEE_PUBLIC, Action.SIGN_IN}
UNKNOWN = "amber-otter-0000000000"
LISTENER_OF: dict[Action | None, Listener] = {
    Action.PLATFORM: Listener.INTERNAL,
    Action.REPORT_INSTANCE: Listener.AGENT,
}


@dataclass
class Walk:
    server: Server
    doors: list[Door]
    cookie: str
    """Session of the owner, as a Cookie header."""
    foreign: str
    """A workspace that belongs to somebody else."""

    async def knock(
        self, door: Door, listener: Listener, path: str, headers: dict[str, str] | None = None
    ) -> int:
        return await knock(
            Gate(self.server.app, listener), door, path, {"host": _HOST, **(headers or {})}, {}
        )


_HOST = DASHBOARD.partition("//")[2]


@pytest_asyncio.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_server(tmp_path) as server:
        link = (await server.internal.post("/internal/login-links")).json()["url"]
        token = link.partition("#")[2]
        reply = await server.public.post(
            "/auth/link", json={"token": token}, headers={"origin": DASHBOARD}
        )
        assert reply.status_code == 200, reply.text
        cookie = reply.headers["set-cookie"].partition(";")[0]
        database: Database = server.app.state.database
        async with database.write() as session:
            bob = await add_person(session, "bob")
        foreign = await server.app.state.workspaces.create(bob, DEMO)
        yield Walk(server, doors(server.app), cookie, foreign.id)


async def test_every_route_names_its_action(walk: Walk) -> None:
    unnamed = [str(door) for door in walk.doors if door.action is None and door.method != "OPTIONS"]
    assert unnamed == []
    assert len(walk.doors) > 20


async def test_nobody_passes_only_open_doors(walk: Walk) -> None:
    for door in walk.doors:
        status = await walk.knock(door, Listener.PUBLIC, door.path(UNKNOWN))
        if not belongs(Listener.PUBLIC, door.template):
            assert status in {403, 404}, door
        elif door.action in OPEN:
            assert status not in {401, 403}, door
        elif door.page:
            assert status in {303, 401, 403}, door
        else:
            assert status in {401, 403}, door


async def test_a_wrong_token_is_nobody(walk: Walk) -> None:
    for door in walk.doors:
        if door.action in OPEN:
            continue
        for wrong in ("Bearer x", f"Bearer {walk.server.token}x", f"Basic {walk.server.token}"):
            status = await walk.knock(
                door, Listener.PUBLIC, door.path(UNKNOWN), {"authorization": wrong}
            )
            assert status in {303, 401, 403, 404}, (door, wrong)


async def test_the_wrong_user_finds_nothing_there(walk: Walk) -> None:
    walked = 0
    for door in walk.doors:
        if not door.of_workspace or door.method == "OPTIONS":
            continue
        walked += 1
        for workspace in (walk.foreign, UNKNOWN):
            status = await walk.knock(
                door, Listener.PUBLIC, door.path(workspace), walk.server.bearer
            )
            assert status == 404, (door, workspace)
    assert walked >= 8
    view = await walk.server.app.state.workspaces.list(person("bob"))
    assert [one.id for one in view] == [walk.foreign]
    assert view[0].phase is not Phase.STOPPING
    assert not view[0].deleting


async def test_a_door_opens_on_its_own_listener_only(walk: Walk) -> None:
    for door in walk.doors:
        if door.action is None:
            continue
        own = LISTENER_OF.get(door.action, Listener.PUBLIC)
        path = door.path(UNKNOWN)
        for listener in Listener:
            assert belongs(listener, path) == (listener is own), (door, listener)
            if listener is not own:
                assert await walk.knock(door, listener, path, walk.server.bearer) in {403, 404}


async def test_over_a_network_each_process_gets_what_it_needs_and_no_more(walk: Walk) -> None:
    opened: dict[str, set[str]] = {"proxy": set(), "blobserve": set()}
    for door in walk.doors:
        if door.action is None:
            continue
        path = door.path(UNKNOWN)
        for peer in ("", "proxy", "blobserve", "daemon", "server"):
            for listener in (Listener.PUBLIC, Listener.INTERNAL):
                gate = Gate(walk.server.app, listener, network=True)
                headers = {"host": _HOST, **walk.server.bearer}
                if listener is Listener.PUBLIC and peer == "proxy":
                    continue  # as on its socket
                if may_ask(peer, listener, path) and belongs(listener, path):
                    opened[peer].add(path)
                    continue
                assert await knock(gate, door, path, headers, {PEER: peer}) in {403, 404}, door
    assert opened == {name: set(paths) for name, paths in ASKED.items()}, "each is a door"


async def test_past_the_gate_the_guard_still_holds(walk: Walk) -> None:
    for door in walk.doors:
        if door.action is None:
            continue
        own = LISTENER_OF.get(door.action, Listener.PUBLIC)
        for listener in [*(one for one in Listener if one is not own), None]:
            headers = {"host": _HOST, **walk.server.bearer, "cookie": walk.cookie}
            status = await knock(
                walk.server.app, door, door.path(UNKNOWN), headers, {"listener": listener}
            )
            assert status in {303, 401, 403}, (door, listener)


@pytest.mark.parametrize(
    "sender",
    [
        {"origin": f"http://{UNKNOWN}.ws.localhost:8080", "sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {},
    ],
)
async def test_another_site_cannot_use_the_session(walk: Walk, sender: dict[str, str]) -> None:
    mine = await walk.server.public.post(
        "/api/v1/workspaces", json={"url": DEMO.url}, headers=walk.server.bearer
    )
    before = mine.json()
    for door in walk.doors:
        if door.action in OPEN or door.action is None or LISTENER_OF.get(door.action):
            continue
        headers = {**sender, "cookie": walk.cookie}
        status = await walk.knock(door, Listener.PUBLIC, door.path(before["id"]), headers)
        assert status in {401, 403}, (door, sender)
    view = await walk.server.app.state.workspaces.list(person(before["owner"]))
    assert [one.deleting for one in view] == [False]


async def test_the_dashboard_itself_can(walk: Walk) -> None:
    own = {"cookie": walk.cookie, "sec-fetch-site": "same-origin", "host": _HOST}
    reply = await walk.server.public.get("/api/v1/workspaces", headers=own)
    assert reply.status_code == 200
    live = next(one for one in walk.doors if one.method == "WEBSOCKET" and "/live" in one.template)
    good = {"cookie": walk.cookie, "origin": DASHBOARD}
    assert await walk.knock(live, Listener.PUBLIC, live.path(UNKNOWN), good) == 101
    bad = {"cookie": walk.cookie}
    assert await walk.knock(live, Listener.PUBLIC, live.path(UNKNOWN), bad) == 403


async def test_unsafe_methods_need_the_csrf_header_as_well(walk: Walk) -> None:
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    for door in walk.doors:
        if door.method not in unsafe or door.action in OPEN or LISTENER_OF.get(door.action):
            continue
        headers = {"cookie": walk.cookie, "origin": DASHBOARD}
        status = await walk.knock(door, Listener.PUBLIC, door.path(UNKNOWN), headers)
        assert status == 403, door


@pytest.mark.parametrize("path", ["//internal/tokens", "/internal//tokens", "/./internal/tokens"])
async def test_odd_spellings_of_a_path_open_nothing(walk: Walk, path: str) -> None:
    door = Door("POST", path, Action.PLATFORM, page=False)
    for listener in (Listener.PUBLIC, Listener.AGENT):
        assert await walk.knock(door, listener, path, walk.server.bearer) in {403, 404}
