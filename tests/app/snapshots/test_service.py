"""What people may do with snapshots, and what a workspace that begins as one has."""

import pytest

from app.accounts.access import Shared
from app.accounts.trust import trust
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Malformed, Missing
from app.images.fake import DIGEST
from app.snapshots.assembly import assemble
from app.snapshots.service import MOST
from app.snapshots.structs import CreateSnapshot, OpenSnapshot, State
from app.workspaces.trusting import Trust, snapshot_key
from tests.app.snapshots.conftest import Kept
from tests.app.workspaces.control import DEMO, HOSTS
from wire.ids import InstanceId
from wire.phases import Phase


async def test_a_workspace_of_ones_own_begins_as_it(kept: Kept) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made = await kept.made(name="  With \x1b\n the fix\x9b ")
    assert (made.name, made.state, made.mine, made.files) == ("With the fix", State.DONE, True, 3)
    assert made.url.endswith(f"/#snapshot/{made.id}")
    view = await snapshots.open(alice, made.id, OpenSnapshot())
    running = await kept.control.run(view.id)
    assert (running.name, running.phase) == ("With the fix", Phase.RUNNING)
    source = await kept.control.see(kept.workspace)
    assert running.repository == source.repository
    assert running.trusted == source.trusted
    assert (await snapshots.get(alice, made.id)).opened == 1


@pytest.mark.parametrize("access", list(Shared))
async def test_who_else_may_open_it(kept: Kept, access: Shared) -> None:
    snapshots, bob = kept.service.snapshots, kept.control.bob
    made = await kept.made(access=access)
    listed = [one.id for one in await snapshots.list(bob)]
    assert listed == ([made.id] if access is Shared.PEOPLE else [])
    if access is Shared.OWNER:
        with pytest.raises(Missing):
            await snapshots.get(bob, made.id)
        with pytest.raises(Missing):
            await snapshots.open(bob, made.id, OpenSnapshot())
    else:
        seen = await snapshots.get(bob, made.id)
        assert (seen.mine, seen.owner, seen.workspace) == (False, "alice", "")
        view = await snapshots.open(bob, made.id, OpenSnapshot())
        assert not view.trusted
    with pytest.raises(Missing):  # never theirs to delete
        await snapshots.delete(bob, made.id)
    with pytest.raises(Missing):
        await snapshots.create(bob, kept.workspace, CreateSnapshot())


async def test_trust_in_the_repository_is_none_in_a_snapshot_of_it(kept: Kept) -> None:
    snapshots, bob = kept.service.snapshots, kept.control.bob
    made = await kept.made(access=Shared.LINK)
    url = "https://h.org/ada/demo"
    async with kept.control.database.write() as session:
        await trust(session, bob.user, url, 0.0)
    assert not (await snapshots.open(bob, made.id, OpenSnapshot())).trusted
    trusted = await snapshots.open(bob, made.id, OpenSnapshot(trust=True))
    assert trusted.trusted
    assert snapshot_key(url, made.id) == f"{url}#snapshot/{made.id}"


async def test_it_runs_in_the_image_that_its_code_asks_for(kept: Kept) -> None:
    kept.control.node.repositories.configs[DEMO.url] = "image: alpine:3.20\n"
    made = await kept.made()
    view = await kept.service.snapshots.open(kept.control.alice, made.id, OpenSnapshot())
    await kept.control.run(view.id)
    assert kept.control.node.images[InstanceId(view.id, 1)] == DIGEST


async def test_its_time_ends(kept: Kept) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made = await kept.made(access=Shared.PEOPLE, lasts="1h")
    stays = await kept.made(lasts="none")
    assert stays.expires is None
    kept.control.clock.advance(3601)
    with pytest.raises(Missing):
        await snapshots.get(alice, made.id)
    assert [one.id for one in await kept.listed()] == [stays.id]
    await kept.look()
    assert list(kept.node.frozen) == [stays.id]


async def test_what_cannot_be_asked_for(kept: Kept) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    for lasts in ("", "9999h", "soon", "0s"):
        with pytest.raises(Malformed) as wrong:
            await snapshots.create(alice, kept.workspace, CreateSnapshot(lasts=lasts))
        assert wrong.value.code == "snapshot_time"
    kept.control.node.script.hold("freeze")
    made = await kept.made()
    with pytest.raises(Conflict) as refused:
        await snapshots.open(alice, made.id, OpenSnapshot())
    assert refused.value.code == "snapshot_not_made"
    for _ in range(MOST - 1):
        await snapshots.create(alice, kept.workspace, CreateSnapshot())
    with pytest.raises(Conflict) as refused:
        await snapshots.create(alice, kept.workspace, CreateSnapshot())
    assert refused.value.code == "too_many_snapshots"


async def test_a_person_has_so_many_of_all_workspaces(kept: Kept) -> None:
    control, alice = kept.control, kept.control.alice
    snapshots = assemble(control.store, HOSTS, control.service, kept.node, 2).snapshots
    other = (await control.create()).id
    await control.run(other)
    first = await snapshots.create(alice, kept.workspace, CreateSnapshot())
    await snapshots.create(alice, other, CreateSnapshot())
    with pytest.raises(Conflict) as refused:
        await snapshots.create(alice, other, CreateSnapshot())
    assert refused.value.code == "too_many_snapshots"
    assert refused.value.detail.startswith("A person may have 2")
    await snapshots.delete(alice, first.id)
    await snapshots.create(alice, other, CreateSnapshot())


async def test_it_outlives_its_workspace_and_a_deletion_asks_nobody_twice(kept: Kept) -> None:
    snapshots, alice = kept.service.snapshots, kept.control.alice
    made = await kept.made()
    await kept.control.service.delete(alice, kept.workspace)
    assert [one.id for one in await snapshots.list(alice)] == [made.id]
    view = await snapshots.open(alice, made.id, OpenSnapshot())
    await snapshots.delete(alice, made.id)
    await kept.look()
    with pytest.raises(Missing):
        await snapshots.get(alice, made.id)
    await kept.control.run(view.id)
    await kept.look()
    assert not kept.node.frozen


@pytest.mark.parametrize("deleted", [False, True])
async def test_trust_that_is_taken_back_is_taken_from_snapshots_too(
    kept: Kept, *, deleted: bool
) -> None:
    """Of one's own, of other people's that one has trusted, and of a deleted workspace."""
    control, snapshots = kept.control, kept.service.snapshots
    alice, url = control.alice, (await control.see(kept.workspace)).url
    async with control.store.change() as change:
        await trust(change.session, alice.user, url, 0.0)
        row = await change.session.get_one(WorkspaceRow, kept.workspace)
        row.trusted = True
    made = await kept.made()
    mine = await snapshots.open(alice, made.id, OpenSnapshot())
    assert mine.trusted
    async with control.store.change() as change:
        other = snapshot_key(url, "of-somebody-else")
        await trust(change.session, alice.user, other, 0.0)
        row = await change.session.get_one(WorkspaceRow, kept.workspace)
        row.deleted_at = 1.0 if deleted else None
    await Trust(control.store).revoke(alice, url)
    assert not (await control.see(mine.id)).trusted
    assert await Trust(control.store).list(alice) == []
    assert not (await snapshots.open(alice, made.id, OpenSnapshot())).trusted
    again = await snapshots.open(alice, made.id, OpenSnapshot(trust=True))
    assert again.trusted
    await Trust(control.store).revoke(alice, snapshot_key(url, made.id))
    assert not (await control.see(again.id)).trusted


async def test_ones_own_are_listed_also_of_what_is_deleted(kept: Kept) -> None:
    control, snapshots = kept.control, kept.service.snapshots
    made = await kept.made(access=Shared.PEOPLE)
    async with control.database.write() as session:
        row = await session.get_one(WorkspaceRow, kept.workspace)
        row.deleted_at = 1.0
    assert [one.id for one in await snapshots.mine(control.alice)] == [made.id]
    assert await snapshots.mine(control.bob) == []
    assert [one.id for one in await snapshots.list(control.bob)] == [made.id]
