"""Share links are made, listed, revoked; proxies hear of it in the same moment."""

import asyncio

import pytest

from app.faults import Conflict, Malformed, Missing
from app.shares.service import MOST
from app.shares.structs import CreateShare
from app.workspaces.structs import CreateWorkspace
from tests.app.shares.conftest import Sharing
from tests.waiting import until
from wire.routes import ShareRoute
from wire.shares import read_token

UNKNOWN = "amber-otter-0000000000"
OF_BOB = CreateWorkspace(url="https://h.org/bob/x")


async def test_a_link_stands_in_the_route_and_is_signed_for_its_port(sharing: Sharing) -> None:
    share = await sharing.share(3000, lasts="1h", note="  for\tBob ")
    now = sharing.control.clock.now()
    assert (share.port, share.expires, share.opened, share.note) == (3000, now + 3600, 0, "for Bob")
    assert sharing.route.shares == {share.id: ShareRoute(port=3000, expires=int(now + 3600))}
    place, hash_, token = share.url.partition("#")
    assert place == f"http://3000-{sharing.workspace}.ws.localhost:8080/.podium/share"
    assert hash_
    keys = [sharing.keys.signing.public_key()]
    assert read_token(token, sharing.workspace, 3000, keys) == share.id
    assert await sharing.seen(share) == share, "the link can be had again"
    view = await sharing.control.see(sharing.workspace)
    assert [(one.port, one.shares, one.listening) for one in view.ports] == [(3000, 1, False)]
    assert await sharing.history() == [("port_shared", "Port 3000 is shared by a link (for Bob).")]


async def test_a_revoked_link_is_gone_from_the_route(sharing: Sharing) -> None:
    share, other = await sharing.share(), await sharing.share(4000, password="correct horse")
    await sharing.shares.revoke(sharing.control.alice, sharing.workspace, share.id)
    assert list(sharing.route.shares) == [other.id]
    version = sharing.route.version
    await sharing.shares.revoke(sharing.control.alice, sharing.workspace, share.id)
    assert sharing.route.version == version, "repeating changes nothing"
    found = await sharing.shares.list(sharing.control.alice, sharing.workspace)
    assert [one.id for one in found] == [other.id]
    assert found[0].password
    assert await sharing.shares.list(sharing.control.alice, sharing.workspace, 3000) == []
    assert (await sharing.history())[-1] == ("share_revoked", "A link to port 3000 was revoked.")


async def test_what_has_expired_ends_by_itself(sharing: Sharing) -> None:
    share, longer = await sharing.share(lasts="1h"), await sharing.share(lasts="2h", note="x")
    sharing.control.clock.advance(3600)
    assert await sharing.seen(share) is None
    await sharing.shares.expire()
    assert list(sharing.route.shares) == [longer.id]
    assert (await sharing.history())[-1] == ("share_expired", "A link to port 3000 has expired.")
    lines = len(await sharing.history())
    await sharing.shares.expire()
    assert len(await sharing.history()) == lines


async def test_a_server_looks_for_what_has_expired_all_the_time(sharing: Sharing) -> None:
    await sharing.share(lasts="1h")
    sharing.control.clock.advance(3600)
    task = asyncio.get_running_loop().create_task(sharing.shares.run())
    await until(lambda: not sharing.route.shares)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_links_of_a_deleted_workspace_end_without_a_word(sharing: Sharing) -> None:
    await sharing.share(lasts="1h")
    await sharing.control.service.delete(sharing.control.alice, sharing.workspace, force=True)
    assert sharing.control.feed.route(sharing.workspace) is None
    sharing.control.clock.advance(3600)
    await sharing.shares.expire()
    assert sharing.control.feed.route(sharing.workspace) is None


async def test_links_outlive_stops_and_restarts_of_the_server(sharing: Sharing) -> None:
    share = await sharing.share()
    await sharing.control.service.stop(sharing.control.alice, sharing.workspace, force=True)
    assert list(sharing.route.shares) == [share.id]
    told_anew = await sharing.control.store.routes()
    assert told_anew[0].shares == sharing.route.shares


async def test_a_key_makes_it_once(sharing: Sharing) -> None:
    alice, port = sharing.control.alice, 3000
    wanted = CreateShare(password="correct horse")
    twins = await asyncio.gather(
        *(sharing.shares.create(alice, sharing.workspace, port, wanted, "k") for _ in range(3))
    )
    assert len({one.id for one in twins}) == 1
    for other in (CreateShare(), CreateShare(password="correct horse", once=True)):
        with pytest.raises(Conflict) as used:
            await sharing.shares.create(alice, sharing.workspace, port, other, "k")
        assert used.value.code == "key_used"
    with pytest.raises(Malformed):
        await sharing.shares.create(alice, sharing.workspace, port, wanted, "k" * 201)


async def test_links_are_their_owners_business_alone(sharing: Sharing) -> None:
    share = await sharing.share()
    bob, shares = sharing.control.bob, sharing.shares
    for who in (bob, sharing.control.stranger):
        for act in (
            lambda who=who: shares.create(who, sharing.workspace, 3000, CreateShare()),
            lambda who=who: shares.list(who, sharing.workspace),
            lambda who=who: shares.revoke(who, sharing.workspace, share.id),
        ):
            with pytest.raises(Missing, match="no such workspace"):
                await act()
    mine = await sharing.control.service.create(bob, OF_BOB)
    with pytest.raises(Missing) as foreign:
        await shares.revoke(bob, mine.id, share.id)
    assert foreign.value.code == "share_unknown"
    assert await sharing.seen(share) is not None
    with pytest.raises(Missing):
        await shares.list(sharing.control.alice, UNKNOWN)


async def test_there_are_not_endlessly_many(
    sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 100
    monkeypatch.setattr("app.shares.service.MOST", 2)
    await sharing.share()
    await sharing.share()
    with pytest.raises(Conflict) as many:
        await sharing.share()
    assert many.value.code == "shares_too_many"
