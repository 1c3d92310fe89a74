"""What every adapter of Points promises, fake and real alike."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from secrets import token_bytes

import pytest
import pytest_asyncio

from app.runtime.points import (
    Absent,
    BackupState,
    BackupStatus,
    EntryKind,
    ExportFormat,
    Repository,
)
from app.runtime.port import ContentState, ContentStatus, Fenced
from tests.contract.nodes import World
from tests.contract.test_runtime import PATIENCE, prepared
from wire.ids import InstanceId, workspace_id_from

NOTES = "workspace/notes.txt"
KEY = b"k" * 32


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def one(world: World) -> AsyncIterator[InstanceId]:
    """A stopped workspace with a file."""
    made = InstanceId(workspace_id_from(token_bytes(16)), 1)
    await prepared(world, made)
    world.write(made.workspace, NOTES, b"one")
    await world.content.seal(made)
    yield made
    await world.content.discard(made.workspace, 9)
    await world.points.drop(made.workspace, 9)


def named(instance: InstanceId, name: str) -> str:
    """Return an id that no other workspace's point or restore has."""
    return f"{name}-{instance.workspace}"


async def made(
    world: World, instance: InstanceId, point: str, key: bytes = KEY, **how: bool
) -> BackupStatus:
    """Ask for a point, and follow it to its end."""
    status = await world.points.backup(instance, point, key, **how)
    async with asyncio.timeout(PATIENCE), aclosing(world.points.watch()) as moves:
        async for _ in moves:
            for one in (await world.points.sight()).backups:
                status = one if one.point == point else status
            if status.state is not BackupState.WORKING:
                return status
    raise AssertionError("the watch ended")


async def restored(
    world: World, instance: InstanceId, restore: str, repository: Repository, point: str
) -> ContentStatus:
    """Ask for a restore, and follow it to its end."""
    status = await world.points.restore(instance, restore, repository, point)
    async with asyncio.timeout(PATIENCE), aclosing(world.points.watch()) as moves:
        async for _ in moves:
            for one in (await world.points.sight()).contents:
                status = one if one.restored == restore else status
            if status.state is not ContentState.WORKING:
                return status
    raise AssertionError("the watch ended")


async def test_a_point_is_made_read_and_brought_back(world: World, one: InstanceId) -> None:
    repository = Repository(one.workspace, KEY)
    first = await made(world, one, named(one, "rp-1"))
    assert first.state is BackupState.DONE, first.problem
    assert first.made is not None
    assert (first.made.point, first.made.size > 0) == (named(one, "rp-1"), True)
    entries = await world.points.browse(repository, named(one, "rp-1"), b"workspace")
    (notes,) = [entry for entry in entries if entry.name == b"notes.txt"]
    assert (notes.kind, notes.size) == (EntryKind.FILE, 3)
    path = NOTES.encode()
    pieces = [
        piece
        async for piece in world.points.export(
            repository, named(one, "rp-1"), path, ExportFormat.FILE
        )
    ]
    assert b"".join(pieces) == b"one"
    world.write(one.workspace, NOTES, b"three")
    second = await made(world, one, named(one, "rp-2"))
    assert second.made is not None
    assert second.made.point == named(one, "rp-2")
    done = await restored(world, one, named(one, "rs-1"), repository, named(one, "rp-1"))
    assert (done.state, done.restored) == (ContentState.SEALED, named(one, "rs-1"))
    assert world.read(one.workspace, NOTES) == b"one"
    assert (
        await restored(world, one, named(one, "rs-1"), repository, named(one, "rp-1"))
    ).state is ContentState.SEALED


async def test_what_has_not_changed_is_the_point_before_unless_it_is_wanted(
    world: World, one: InstanceId
) -> None:
    await made(world, one, named(one, "rp-1"))
    same = await made(world, one, named(one, "rp-2"))
    assert same.made is not None
    assert same.made.point == named(one, "rp-1")
    wanted = await made(world, one, named(one, "rp-3"), always=True)
    assert wanted.made is not None
    assert wanted.made.point == named(one, "rp-3")


async def test_what_was_left_behind_is_listed_as_that(world: World, one: InstanceId) -> None:
    await made(world, one, named(one, "rp-1"))
    world.write(one.workspace, NOTES, b"left")
    await made(world, one, named(one, "rp-2"), left=True)
    listed = await world.points.listed(Repository(one.workspace, KEY))
    assert {each.point: each.left for each in listed} == {
        named(one, "rp-1"): False,
        named(one, "rp-2"): True,
    }


async def test_it_becomes_a_workspace_of_its_own(world: World, one: InstanceId) -> None:
    await made(world, one, named(one, "rp-1"))
    other = InstanceId(workspace_id_from(token_bytes(16)), 1)
    done = await restored(
        world, other, named(one, "rs-2"), Repository(one.workspace, KEY), named(one, "rp-1")
    )
    assert done.state is ContentState.SEALED
    assert world.read(other.workspace, NOTES) == b"one"
    await world.content.discard(other.workspace, 9)


async def test_what_is_forgotten_is_absent(world: World, one: InstanceId) -> None:
    repository = Repository(one.workspace, KEY)
    await made(world, one, named(one, "rp-1"))
    world.write(one.workspace, NOTES, b"two")
    await made(world, one, named(one, "rp-2"))
    await world.points.forget(repository, [named(one, "rp-1"), named(one, "rp-none")])
    with pytest.raises(Absent):
        await world.points.browse(repository, named(one, "rp-1"), b"")
    with pytest.raises(Absent):
        await anext(
            world.points.export(repository, named(one, "rp-2"), b"no/such", ExportFormat.TAR)
        )
    failed = await restored(world, one, named(one, "rs-3"), repository, named(one, "rp-1"))
    assert failed.state is ContentState.FAILED
    assert failed.problem is not None
    assert failed.problem.code == "point_unknown"
    assert world.read(one.workspace, NOTES) == b"two"


async def test_another_key_opens_nothing(world: World, one: InstanceId) -> None:
    await made(world, one, named(one, "rp-1"))
    world.write(one.workspace, NOTES, b"two")
    failed = await made(world, one, named(one, "rp-2"), b"x" * 32)
    assert failed.state is BackupState.FAILED
    assert failed.problem is not None
    assert failed.problem.code == "repository_key"
    assert (await made(world, one, named(one, "rp-2"))).state is BackupState.DONE


async def test_an_older_start_makes_none(world: World, one: InstanceId) -> None:
    later = InstanceId(one.workspace, 3)
    await prepared(world, later, fresh=False)
    await world.content.seal(later)
    with pytest.raises(Fenced):
        await world.points.backup(one, named(one, "rp-1"), KEY)
