"""What another server has changed, as this one's proxies, pages and supervisors are told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from app.accounts import service as accounts
from app.db.accounts import SessionRow
from app.db.workspaces import InstanceRow
from app.web.events import Hint, Subscription
from app.workspaces.agents import Agents
from app.workspaces.following import Following
from app.workspaces.links import Links
from tests.app.workspaces.control import HOSTS, Control

ENDED = "s_ended"


@dataclass
class Other:
    """A second server on the same database."""

    control: Control
    here: Subscription
    links: Links = field(default_factory=Links)
    woken: int = 0

    def __post_init__(self) -> None:
        control = self.control
        self.following = Following(
            control.store, control.feed, control.hints, self.links, own="other"
        )
        control.store.listen(self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def told(self) -> list[tuple[str, str]]:
        hints, missed = self.here.take()
        return [("missed", "")] * missed + [(one.topic, one.id) for one in hints]


@pytest_asyncio.fixture
async def other(control: Control) -> AsyncIterator[Other]:
    second = Control(control.url, control.clock)
    async with second.hints.subscribe() as here:
        yield Other(second, here)
    await second.database.close()


def hint(topic: str, name: str) -> Hint:
    return Hint(topic=topic, id=name, version=1, owner="")


async def test_a_hint_is_a_reason_to_read(control: Control, other: Other) -> None:
    view = await control.create()
    assert other.control.feed.route(view.id) is None
    async with other.control.store.waiting(view.id) as changed:
        other.following.take(hint("workspace", view.id))
        await other.following.look()
        assert changed.is_set()
    assert other.control.feed.route(view.id) == control.feed.route(view.id)
    assert other.told() == [("workspace", view.id)]
    assert other.woken == 1


async def test_a_hint_of_what_is_known_tells_nobody_anything(
    control: Control, other: Other
) -> None:
    view = await control.create()
    for _ in range(2):
        other.following.take(hint("workspace", view.id))
        await other.following.look()
    assert other.told() == [("workspace", view.id)]
    seq = other.control.feed.seq
    await other.following.look()
    assert other.control.feed.seq == seq


async def test_what_no_hint_told_is_found_by_its_version(control: Control, other: Other) -> None:
    first, second = await control.create(), await control.create()
    other.following.missed()
    await other.following.look()
    assert other.told() == [("missed", "")], "whoever looks is to look at everything"
    assert set(other.control.feed.versions()) == {first.id, second.id}
    async with control.reconciling():
        await control.service.delete(control.alice, first.id)
        await control.run(second.id)
    other.following.missed()
    await other.following.look()
    assert other.control.feed.versions() == control.feed.versions()


async def test_a_session_that_ended_elsewhere_ends_here(control: Control, other: Other) -> None:
    async with control.database.write() as session:
        await accounts.ensure_owner(session, control.clock.now())
        session.add(
            SessionRow(
                id=ENDED,
                token_hash="x",
                user_id=control.alice.user,
                created_at=0.0,
                expires_at=control.clock.now() + 60,
                ended_at=control.clock.now(),
            )
        )
    other.following.take(hint("session", ENDED))
    await other.following.look()
    assert other.control.feed.has_ended(ENDED)
    assert ("session", ENDED) in other.told()


async def test_other_hints_go_to_pages(other: Other) -> None:
    other.following.take(hint("points", "x"))
    await other.following.look()
    assert other.told() == [("points", "x")]


async def test_a_supervisor_that_connected_elsewhere_is_superseded(
    control: Control, other: Other
) -> None:
    here, there = (
        Agents(one.store, HOSTS, one.vitals, own=name)
        for one, name in ((other.control, "other"), (control, "first"))
    )
    view = await control.create()
    async with control.reconciling():
        view = await control.contained(view.id)
    assert view.instance is not None
    name = view.instance.id
    superseded = other.links.take(name)
    assert await here.connected(name) is not None
    other.links.tell(name)
    other.following.missed()
    await other.following.look()
    assert not superseded.is_set()
    assert await there.connected(name) is not None
    other.following.take(hint("workspace", view.id))
    await other.following.look()
    assert superseded.is_set()
    assert not other.links.connected(name)
    await here.left(name)
    async with control.database.read() as session:
        assert (await session.get_one(InstanceRow, name)).linked == "first", "the other's to say"
    await there.left(name)
    async with control.database.read() as session:
        assert (await session.get_one(InstanceRow, name)).linked == ""


async def test_what_was_read_before_a_connection_ends_none(control: Control, other: Other) -> None:
    """A row that says something older than what was told here is no news."""
    view = await control.create()
    other.following.missed()
    await other.following.look()
    newer = other.control.feed.route(view.id)
    assert newer is not None
    [(row, newest)] = await other.control.store.rows(InstanceRow.workspace_id == view.id)
    assert newest is not None
    superseded = other.links.take(newest.id)
    other.links.tell(newest.id)
    newest.linked, row.version = "first", row.version - 1
    other.following._take(row, newest)
    assert not superseded.is_set()


async def test_it_looks_by_itself_and_goes_on_after_a_fault(
    control: Control, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.workspaces.following.PERIOD", 0.01)
    rows, faults = other.control.store.rows, [OSError()]

    async def once_away(wanted: object) -> object:
        if faults:
            raise faults.pop()
        return await rows(wanted)

    monkeypatch.setattr(other.control.store, "rows", once_away)
    view = await control.create()
    running = asyncio.get_running_loop().create_task(other.following.run())
    async with asyncio.timeout(60):
        while other.control.feed.route(view.id) is None:
            await other.here.wait()
            other.here.take()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
