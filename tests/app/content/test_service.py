"""What people may ask of restore points."""

import pytest

from app.content.deciding import Reason, State
from app.content.structs import NewFromPoint
from app.faults import Conflict, Missing
from tests.app.content.conftest import Safe


async def test_a_point_can_be_asked_for_though_nothing_has_changed(safe: Safe) -> None:
    await safe.backed_up()
    asked = await safe.content.points.make(safe.control.alice, safe.workspace)
    assert (asked.state, asked.reason) == (State.WANTED, Reason.ASKED)
    safe.control.clock.advance(1)
    await safe.look()
    assert [one.reason for one in await safe.points()] == [Reason.ASKED, Reason.STOP]


async def test_asking_often_makes_only_a_few(safe: Safe) -> None:
    safe.control.node.script.hold("backup")
    make, alice = safe.content.points.make, safe.control.alice
    assert len({(await make(alice, safe.workspace)).id for _ in range(9)}) == 3


async def test_before_there_are_files_there_is_nothing_to_back_up(safe: Safe) -> None:
    safe.control.node.script.hold("prepare")
    fresh = await safe.control.create()
    with pytest.raises(Conflict) as refused:
        await safe.content.points.make(safe.control.alice, fresh.id)
    assert refused.value.code == "nothing_to_back_up"
    assert (await safe.control.see(fresh.id)).backup is None


async def test_pinning_is_kept(safe: Safe) -> None:
    point = await safe.backed_up()
    service, alice = safe.content.points, safe.control.alice
    assert (await service.pin(alice, safe.workspace, point.id, pinned=True)).pinned
    assert (await service.get(alice, safe.workspace, point.id)).pinned
    assert not (await service.pin(alice, safe.workspace, point.id, pinned=False)).pinned


async def test_nobody_else_sees_or_does_anything(safe: Safe) -> None:
    point = await safe.backed_up()
    service, workspace = safe.content.points, safe.workspace
    for principal in (safe.control.bob, safe.control.stranger):
        for doing in (
            service.list(principal, workspace),
            service.whose(principal, workspace),
            service.get(principal, workspace, point.id),
            service.make(principal, workspace),
            service.pin(principal, workspace, point.id, pinned=True),
            service.restore(principal, workspace, point.id),
        ):
            with pytest.raises(Missing):
                await doing
    with pytest.raises(Missing):
        await service.as_new(safe.control.bob, workspace, point.id, NewFromPoint())


async def test_a_point_of_another_workspace_is_unknown_here(safe: Safe) -> None:
    point = await safe.backed_up()
    other = (await safe.control.create()).id
    for unknown in (point.id, "rp-none"):
        with pytest.raises(Missing) as refused:
            await safe.content.points.get(safe.control.alice, other, unknown)
        assert refused.value.code == "point_unknown"


async def test_a_point_that_is_not_made_restores_nothing(safe: Safe) -> None:
    safe.control.node.script.hold("backup")
    await safe.stopped()
    await safe.look()
    (point,) = await safe.points()
    with pytest.raises(Conflict) as refused:
        await safe.content.points.restore(safe.control.alice, safe.workspace, point.id)
    assert refused.value.code == "point_not_made"
