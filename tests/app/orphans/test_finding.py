"""What a look at the node finds, tells and removes."""

import pytest

from app.db.installation import InstallationRow
from app.faults import Conflict, Missing, Unprocessable
from app.orphans.finding import Orphans
from app.orphans.judging import Fate, Terms
from app.orphans.places import Places
from app.runtime.holdings import Kind
from app.runtime.snapshots import FrozenState, FrozenStatus
from kit.tasks import Tasks
from tests.app.orphans.conftest import DAY, OTHER, Found
from tests.waiting import until


async def test_what_rows_ask_for_is_no_orphan(found: Found) -> None:
    told = await found.orphans.look()
    assert (told.answered, told.orphans) == (True, [])
    workspace = found.safe.workspace
    for kind in (Kind.TREE, Kind.POINTS):
        with pytest.raises(Conflict) as refused:
            await found.orphans.remove(kind, workspace)
        assert refused.value.code == "orphan_wanted"
    assert workspace in found.safe.control.node.contents


async def test_what_no_row_knows_is_told_and_goes_only_when_somebody_says_so(found: Found) -> None:
    found.put(OTHER, 3)
    found.snapshots.frozen["s"] = FrozenStatus(snapshot="s", state=FrozenState.DONE)
    found.safe.control.clock.advance(400 * DAY)
    await found.orphans.clear(await found.orphans.look())
    assert await found.fates() == {
        (Kind.TREE, OTHER): Fate.STRANGER,
        (Kind.FROZEN, "s"): Fate.STRANGER,
    }
    assert all(one.size > 0 and one.goes is None for one in found.orphans.told.orphans)
    assert await found.orphans.remove(Kind.TREE, OTHER) > 0
    assert [one.name for one in found.orphans.told.orphans] == ["s"]
    await found.orphans.remove(Kind.FROZEN, "s")
    assert await found.fates() == {}
    with pytest.raises(Missing) as refused:
        await found.orphans.remove(Kind.TREE, OTHER)
    assert refused.value.code == "orphan_unknown"


async def test_what_a_deleted_workspace_has_left_goes_in_its_time(found: Found) -> None:
    workspace, clock = found.safe.workspace, found.safe.control.clock
    await found.dropped(clock.now())
    both = {(Kind.TREE, workspace), (Kind.POINTS, workspace)}
    assert await found.fates() == dict.fromkeys(both, Fate.LEFT)
    clock.advance(14 * DAY - 1)
    await found.orphans.clear(await found.orphans.look())
    assert workspace in found.safe.control.node.contents
    clock.advance(1)
    await found.orphans.clear(await found.orphans.look())
    assert workspace not in found.safe.control.node.contents
    assert await found.fates() == {}


async def test_a_restored_database_removes_nothing_for_long(found: Found) -> None:
    workspace, clock = found.safe.workspace, found.safe.control.clock
    await found.dropped(clock.now())
    clock.advance(20 * DAY)
    async with found.safe.control.database.write() as session:
        session.add(InstallationRow(id=1, restored_at=clock.now()))
    await found.orphans.clear(await found.orphans.look())
    assert workspace in found.safe.control.node.contents
    found.holdings.touched[workspace] = clock.now() - DAY
    assert set((await found.fates()).values()) == {Fate.STRANGER}


async def test_a_node_that_is_silent_is_told_and_nothing_is_concluded(found: Found) -> None:
    found.put(OTHER)
    assert len(await found.fates()) == 1
    found.safe.control.node.cut()
    told = await found.orphans.look()
    assert (told.answered, len(told.orphans)) == (False, 1)
    await found.orphans.clear(told)
    with pytest.raises(Unprocessable) as refused:
        await found.orphans.remove(Kind.TREE, OTHER)
    assert refused.value.code == "node_silent"
    found.safe.control.node.mend()
    assert OTHER in found.safe.control.node.contents


async def test_a_node_that_saw_a_newer_start_keeps_it(
    found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    found.put(OTHER, 2)
    held = await found.holdings.held()
    found.safe.control.node.newest[OTHER] = 5

    async def old(_measured: object = ()) -> object:
        return held

    monkeypatch.setattr(found.holdings, "held", old)
    with pytest.raises(Conflict) as refused:
        await found.orphans.remove(Kind.TREE, OTHER)
    assert refused.value.code == "orphan_held"
    assert OTHER in found.safe.control.node.contents


async def test_it_looks_by_itself_and_without_a_node_at_nothing(found: Found) -> None:
    found.put(OTHER)
    tasks = Tasks()
    tasks.spawn(found.orphans.run(), "orphans")
    await until(lambda: found.orphans.told.looked is not None)
    await tasks.close()
    control = found.safe.control
    alone = Orphans(control.store, Places({}), Terms(0.0, None))
    assert (await alone.look()).looked is None
    with pytest.raises(Missing):
        await alone.remove(Kind.TREE, OTHER)
