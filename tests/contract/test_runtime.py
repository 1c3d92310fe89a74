"""What every adapter of Runtime, Content and Dial promises, fake and real alike."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import aclosing
from secrets import token_bytes

import pytest
from msgspec.structs import replace

from app.runtime.port import (
    Container,
    ContainerState,
    ContentState,
    ContentStatus,
    Fenced,
    Kind,
    Observation,
    Refused,
    Unreachable,
)
from tests.contract.conftest import BOTH
from tests.contract.nodes import CONFIG, DOCKERFILE, World
from wire.ids import InstanceId, workspace_id_from

PATIENCE = 60.0


pytestmark = pytest.mark.asyncio(loop_scope="module")
WORLDS = [*BOTH, pytest.param("cluster", marks=pytest.mark.root)]


@pytest.fixture
def one() -> InstanceId:
    return InstanceId(workspace_id_from(token_bytes(16)), 1)


Wanted = Callable[[Container | ContentStatus], bool]


async def see(world: World, wanted: Wanted) -> Container | ContentStatus:
    """Watch until something of the wanted kind is told."""
    async with asyncio.timeout(PATIENCE), aclosing(world.runtime.watch()) as watch:
        async for observation in watch:
            for item in (*observation.containers, *observation.contents):
                if wanted(item):
                    return item
    raise AssertionError("the watch ended")


def tree(instance: InstanceId, *states: ContentState) -> Wanted:
    return lambda item: (
        isinstance(item, ContentStatus) and item.instance == instance and item.state in states
    )


def box(instance: InstanceId, *states: ContainerState) -> Wanted:
    return lambda item: (
        isinstance(item, Container) and item.instance == instance and item.state in states
    )


async def prepared(world: World, instance: InstanceId, *, fresh: bool = True) -> ContentStatus:
    initializer = replace(world.initializer, fresh=fresh)
    status = await world.content.prepare(instance, initializer)
    if status.state is ContentState.WORKING:
        ended = tree(instance, ContentState.READY, ContentState.FAILED)
        found = await see(world, ended)
        assert isinstance(found, ContentStatus)
        status = found
    assert status.state is ContentState.READY, status
    return status


async def running(world: World, instance: InstanceId) -> None:
    await prepared(world, instance)
    reply = await world.runtime.apply(instance, world.spec)
    if reply.state is not ContainerState.RUNNING:
        seen = await see(world, box(instance, ContainerState.RUNNING, ContainerState.FAILED))
        assert seen.state is ContainerState.RUNNING, seen


async def gone(world: World, instance: InstanceId, grace: float = 0.2) -> None:
    reply = await world.runtime.delete(instance, grace)
    while reply.state is not ContainerState.ABSENT:
        async with asyncio.timeout(PATIENCE), aclosing(world.runtime.watch()) as watch:
            async for observation in watch:
                if not holds(observation, instance):
                    break
        reply = await world.runtime.delete(instance, grace)


def holds(observation: Observation, instance: InstanceId) -> bool:
    """Tell whether a container may still be there after this was told."""
    known = [c.state for c in observation.containers if c.instance == instance]
    if known:
        return known[-1] is not ContainerState.ABSENT
    return not observation.complete


async def test_a_whole_life(world: World, one: InstanceId) -> None:
    status = await prepared(world, one)
    assert len(status.revision) == 40
    assert (status.branch, status.config) == ("main", CONFIG)
    await running(world, one)
    listed = await world.runtime.list()
    assert listed.complete
    assert [c.state for c in listed.containers if c.instance == one] == [ContainerState.RUNNING]
    await gone(world, one)
    assert (await world.content.seal(one)).state is ContentState.SEALED
    assert await world.content.discard(one.workspace, one.n) > 0
    listed = await world.runtime.list()
    assert one not in {c.instance for c in listed.containers}
    assert one.workspace not in {c.instance.workspace for c in listed.contents}


async def test_every_call_may_be_repeated(world: World, one: InstanceId) -> None:
    await prepared(world, one)
    assert (await world.content.prepare(one, world.initializer)).state is ContentState.READY
    await running(world, one)
    assert (await world.runtime.apply(one, world.spec)).state is ContainerState.RUNNING
    await gone(world, one)
    assert (await world.runtime.delete(one, 0.0)).state is ContainerState.ABSENT
    await world.content.seal(one)
    assert (await world.content.seal(one)).state is ContentState.SEALED
    await world.content.discard(one.workspace, one.n)
    assert await world.content.discard(one.workspace, one.n) == 0


async def test_what_was_never_there_is_gone_already(world: World, one: InstanceId) -> None:
    assert (await world.runtime.delete(one, 1.0)).state is ContainerState.ABSENT
    assert (await world.content.seal(one)).state is ContentState.ABSENT
    assert await world.content.discard(one.workspace, one.n) == 0


async def test_a_second_start_opens_the_same_tree(world: World, one: InstanceId) -> None:
    first = await prepared(world, one)
    await world.content.seal(one)
    two = replace_n(one, 2)
    second = await prepared(world, two, fresh=False)
    assert (second.instance, second.revision) == (two, first.revision)
    await world.content.discard(one.workspace, 2)


async def test_a_smaller_number_is_fenced_but_may_still_be_ended(
    world: World, one: InstanceId
) -> None:
    two = replace_n(one, 2)
    await running(world, two)
    for call in (
        world.content.prepare(one, world.initializer),
        world.runtime.apply(one, world.spec),
        world.content.seal(one),
        world.content.discard(one.workspace, 1),
    ):
        with pytest.raises(Fenced):
            await call
    assert (await world.runtime.delete(one, 0.0)).state is ContainerState.ABSENT
    assert (await world.runtime.apply(two, world.spec)).state is ContainerState.RUNNING
    await gone(world, two)
    await world.content.discard(one.workspace, 2)


async def test_a_missing_tree_is_a_fault_and_never_an_empty_start(
    world: World, one: InstanceId
) -> None:
    status = await world.content.prepare(one, replace(world.initializer, fresh=False))
    if status.state is ContentState.WORKING:
        status = await see(world, tree(one, ContentState.FAILED, ContentState.READY))
    assert status.state is ContentState.FAILED
    assert status.problem is not None
    assert status.problem.code == "content_missing"


async def test_a_clone_that_fails_says_why(world: World, one: InstanceId) -> None:
    status: Container | ContentStatus = await world.content.prepare(one, world.missing)
    if status.state is ContentState.WORKING:
        status = await see(world, tree(one, ContentState.FAILED, ContentState.READY))
    assert status.state is ContentState.FAILED
    assert status.problem is not None
    assert status.problem.code == "repository_missing"
    assert status.problem.title
    assert status.problem.cure


async def test_no_container_without_content(world: World, one: InstanceId) -> None:
    reply = await world.runtime.apply(one, world.spec)
    assert reply.state is ContainerState.FAILED
    assert reply.problem is not None


async def test_a_tree_in_use_is_neither_sealed_nor_freed(world: World, one: InstanceId) -> None:
    await running(world, one)
    assert (await world.content.seal(one)).state is ContentState.READY
    with pytest.raises(Refused):
        await world.content.discard(one.workspace, 1)
    await gone(world, one)
    await world.content.discard(one.workspace, 1)


async def test_the_watch_tells_everything_first_and_then_changes(
    world: World, one: InstanceId
) -> None:
    async with asyncio.timeout(PATIENCE), aclosing(world.runtime.watch()) as watch:
        first = await anext(watch)
        assert first.complete
        assert one.workspace not in {c.instance.workspace for c in first.contents}
        await world.content.prepare(one, world.initializer)
        states: list[ContentState] = []
        while ContentState.READY not in states:
            change = await anext(watch)
            assert not change.complete
            states += [c.state for c in change.contents if c.instance == one]
    assert set(states) <= {ContentState.WORKING, ContentState.READY}
    await world.content.discard(one.workspace, 1)


async def test_a_node_that_hangs_is_unreachable_and_loses_nothing(
    world: World, one: InstanceId
) -> None:
    await running(world, one)
    world.hang()
    try:
        with pytest.raises(Unreachable):
            await world.runtime.list()
    finally:
        world.mend()
    listed = await world.runtime.list()
    assert [c.state for c in listed.containers if c.instance == one] == [ContainerState.RUNNING]
    await gone(world, one)
    await world.content.discard(one.workspace, 1)


async def test_dial_connects_or_is_refused(world: World, one: InstanceId) -> None:
    await running(world, one)
    world.listen(one)
    with pytest.raises(ConnectionRefusedError):
        await world.dial.dial(one, 3999)
    with pytest.raises(ConnectionRefusedError):
        await world.dial.dial(replace_n(one, 9), 3000)
    with socket.socket(fileno=await dialled(world, one)) as connection:
        assert not os.get_blocking(connection.fileno())
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(connection, b"GET / HTTP/1.0\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            assert (await loop.sock_recv(connection, 100)).startswith(b"HTTP/1.0 200")
    await gone(world, one)
    await world.content.discard(one.workspace, 1)


async def dialled(world: World, instance: InstanceId) -> int:
    """Dial until the server inside listens: it starts after the container is told running."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await world.dial.dial(instance, 3000)
            except ConnectionRefusedError:
                await world.runtime.list()


def replace_n(instance: InstanceId, n: int) -> InstanceId:
    return InstanceId(instance.workspace, n)


async def test_paths_of_a_commit_are_looked_at_before_there_is_a_container(
    world: World, one: InstanceId
):
    ready, paths = await prepared(world, one), ["dev/Dockerfile", "dev", "", "no"]
    file, folder, everything, nothing = await world.content.look(one, ready.revision, paths)
    assert (file.text, file.folder, len(file.id)) == (DOCKERFILE, False, 40)
    assert (folder.folder, everything.folder, nothing.id) == (True, True, "")
    await running(world, one)
    with pytest.raises(Refused):
        await world.content.look(one, ready.revision, paths)
    await gone(world, one)


async def test_an_image_build_sees_its_base_and_ends_by_itself(world: World, one: InstanceId):
    await prepared(world, one)
    build = replace(world.spec, kind=Kind.IMAGE_BUILD, base=world.spec.image)
    await world.runtime.apply(one, build)
    world.end(one)
    ended = await see(world, box(one, ContainerState.EXITED))
    assert isinstance(ended, Container)
    assert ended.exit_code == 0
    await gone(world, one)
