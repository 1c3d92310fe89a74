"""Images of a node: fetched once, whole or not at all, failures told and tried again."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from daemon.core.images import REST, State, Status
from daemon.core.orders import FetchOrder
from daemon.host import arriving, registry
from daemon.host.registry import Facade
from daemon.host.roots import Roots
from daemon.hub import Hub
from daemon.images import Images, Limits
from kit.tasks import Tasks
from tests.daemon.layers import NAME, Member, Registry, folder
from tests.waiting import until
from wire.ids import InstanceId

pytestmark = pytest.mark.root
FIRST = InstanceId("amber-otter-4k2hw9xz1q", 1)
SECOND = InstanceId("amber-otter-4k2hw9xz1q", 2)
LIMITS = Limits(1 << 20, 100, 0)
BASE = [folder("bin"), Member("bin/sh", b"sh", fields={"mode": 0o755})]


@dataclass
class Node:
    images: Images
    roots: Roots
    folder: Path
    tasks: Tasks

    def ask(self, image: str, instance: InstanceId = FIRST) -> Status:
        return self.images.fetch(FetchOrder(instance, image, NAME))

    async def fetched(self, image: str, instance: InstanceId = FIRST) -> Status:
        """Ask until it is there or has failed."""
        self.ask(image, instance)
        await until(lambda: self.ask(image, instance).state is not State.WORKING)
        return self.ask(image, instance)

    def names(self) -> set[str]:
        return {one.name for one in (self.folder / "roots").iterdir()}


@asynccontextmanager
async def node(
    folder: Path, limits: Limits = LIMITS, used: Callable[[], set[str]] = set
) -> AsyncIterator[Node]:
    roots, tasks = Roots(folder / "roots"), Tasks()
    roots.open()
    facade = Facade(str(folder / "sock"))
    yield Node(Images(roots, facade, limits, Hub(), tasks, used), roots, folder, tasks)
    await tasks.close()
    await facade.close()


async def test_an_image_is_fetched_once_however_many_wait(tmp_path):
    served = Registry()
    image = served.image(BASE, [Member("etc/motd", b"hello")], env=["A=b"])
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        assert one.ask(image).state is State.WORKING
        assert one.ask(image, SECOND).state is State.WORKING
        found = await one.fetched(image)
        assert (found.state, found.size) == (State.READY, 7)
        manifests = [path for path in served.asked if "/manifests/" in path]
        assert len(manifests) == 1
        assert one.images.statuses() == [found]
        assert one.images.env(image) == ["A=b"]
        root = tmp_path / "roots" / image.removeprefix("sha256:") / "rootfs"
        assert (root / "etc/motd").read_text() == "hello"
    async with node(tmp_path) as again:
        assert again.ask(image).state is State.READY, "a new daemon finds it, and asks nobody"


async def test_an_index_leads_to_the_image_for_this_machine(tmp_path):
    served = Registry()
    index = served.index(served.image(BASE))
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        assert (await one.fetched(index)).state is State.READY


async def test_a_failure_is_told_to_who_asked_and_tried_again_for_others(tmp_path):
    served = Registry(failure=(502, "the registry stalls"))
    image = served.image(BASE)
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        failed = await one.fetched(image)
        assert failed.fault.code == "image_unreachable"
        assert failed.fault.detail == "the registry stalls"
        served.failure = None
        assert one.ask(image) == failed
        assert (await one.fetched(image, SECOND)).state is State.READY


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([Member("../../escape", b"x")], "../../escape leads upwards"),
        ([Member("big", b"x" * 2_000_000)], "makes the image larger than PODIUM_IMAGE_LIMIT"),
    ],
)
async def test_a_hostile_image_is_refused_and_nothing_stays(tmp_path, members, why):
    served = Registry()
    image = served.image(BASE, members)
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        failed = await one.fetched(image)
        assert failed.fault.code == "image_refused"
        assert why in failed.fault.detail
        assert one.names() == set()
        assert (await one.fetched(served.image(BASE))).state is State.READY


@pytest.mark.parametrize(
    ("lie", "why"),
    [(b"<html>sign in first</html>", "layer"), (b"", "layer"), (b"\x1f\x8b" * 9, "layer")],
)
async def test_a_layer_that_is_not_what_was_promised(tmp_path, lie, why):
    served = Registry()
    image = served.image(BASE)
    layer = next(name for name, one in served.blobs.items() if one.startswith(b"\x1f\x8b"))
    served.lies[layer] = lie
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        failed = await one.fetched(image)
        assert failed.fault.code == "image_refused"
        assert why in failed.fault.detail
        assert one.names() == set()


async def test_no_such_image_and_no_registry(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_PAUSE", 0.001)
    missing = f"sha256:{'0' * 64}"
    async with node(tmp_path) as one:
        assert (await one.fetched(missing)).fault.code == "image_unreachable"
        async with Registry().serving(tmp_path / "sock"):
            assert (await one.fetched(missing, SECOND)).fault.code == "image_unknown"


async def test_those_not_used_for_longest_make_room(tmp_path):
    served = Registry()
    images = [served.image([Member("f", b"x" * size)]) for size in (100, 200, 300)]
    async with (
        served.serving(tmp_path / "sock"),
        node(tmp_path, Limits(1 << 20, 100, 350), lambda: {images[0]}) as one,
    ):
        for age, image in enumerate(images):
            await one.fetched(image)
            record = tmp_path / "roots" / image.removeprefix("sha256:") / "image.json"
            when = record.stat().st_mtime - REST * 2 + age
            os.utime(record, (when, when))
        await one.images.make_room()
        assert {kept.image for kept in one.roots.kept()} == {images[0]}, "the used one stays"


async def test_ending_in_the_middle_leaves_nothing(tmp_path):
    served, hanging = Registry(), asyncio.Event()
    image = served.image(BASE)
    answer = served.answer

    async def slow(request):
        if "/blobs/" in request.path:
            hanging.set()
            await asyncio.get_running_loop().create_future()
        return await answer(request)

    served.answer = slow
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        one.ask(image)
        await hanging.wait()
    assert one.names() == set()


LARGE = [Member("large", os.urandom(500_000))]
MORE = [Member("more", os.urandom(400_000))]


async def test_a_layer_that_breaks_off_is_gone_on_from(tmp_path, monkeypatch):
    monkeypatch.setattr(arriving, "_PAUSE", 0.001)
    served = Registry(breaks=[300_000, 300_000, 400_000])
    image = served.image(LARGE)
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        assert (await one.fetched(image)).state is State.READY
        assert len(served.parts) == 4
        assert "" not in served.parts[1:], "none begins anew"
        assert one.names() == {image.removeprefix("sha256:")}, "nothing packed is left"


async def test_a_new_daemon_goes_on_where_the_last_one_ended(tmp_path, monkeypatch):
    """Layers that have come are not asked for again, nor what has come of the one at hand."""
    monkeypatch.setattr(arriving, "_PIECE", 1)
    served = Registry()
    image = served.image(LARGE, MORE)
    answer, layers = (
        served.answer,
        [one for one in served.blobs if len(served.blobs[one]) > 300_000],
    )

    async def slow(request):
        if request.path.endswith(layers[1]):
            served.asked.append(request.path)
            response = web.StreamResponse()
            response.content_length = len(served.blobs[layers[1]])
            await response.prepare(request)
            await response.write(served.blobs[layers[1]][:100_000])
            await asyncio.get_running_loop().create_future()
        return await answer(request)

    served.answer = slow
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        one.ask(image)
        left = tmp_path / "roots" / f".arriving-{image.removeprefix('sha256:')}"
        part = left / layers[1].removeprefix("sha256:")
        await until(lambda: part.exists() and part.stat().st_size == 100_000)
    assert one.names() == {left.name}
    monkeypatch.undo()
    served.answer, served.parts = answer, []
    async with served.serving(tmp_path / "sock"), node(tmp_path) as again:
        assert (await again.fetched(image)).state is State.READY
        assert served.parts == ["bytes=100000-"]
        assert again.names() == {image.removeprefix("sha256:")}
        root = tmp_path / "roots" / image.removeprefix("sha256:") / "rootfs"
        assert (root / "large").read_bytes() + (root / "more").read_bytes() == (
            LARGE[0].content + MORE[0].content
        )


async def test_what_was_left_and_is_damaged_is_fetched_anew(tmp_path):
    served = Registry()
    image = served.image(LARGE)
    layer = max(served.blobs, key=lambda one: len(served.blobs[one]))
    left = tmp_path / "roots" / f".arriving-{image.removeprefix('sha256:')}"
    left.mkdir(parents=True)
    (left / layer.removeprefix("sha256:")).write_bytes(bytes(1000))
    async with served.serving(tmp_path / "sock"), node(tmp_path) as one:
        assert (await one.fetched(image)).state is State.READY
        assert served.parts == ["bytes=1000-", ""]


async def test_more_packed_than_it_may_have_unpacked_is_not_asked_for(tmp_path):
    served = Registry()
    image = served.image([Member("f", os.urandom(2000))])
    async with served.serving(tmp_path / "sock"), node(tmp_path, Limits(1000, 10, 0)) as one:
        failed = await one.fetched(image)
        assert "packed; PODIUM_IMAGE_LIMIT" in failed.fault.detail
        assert served.parts == []


async def test_what_is_unused_for_long_goes_unless_something_runs_from_it(tmp_path):
    served = Registry()
    images = [served.image([Member("f", b"x" * size)]) for size in (1, 2, 3)]
    limits = Limits(1 << 20, 100, 0, unused=REST * 3)
    async with (
        served.serving(tmp_path / "sock"),
        node(tmp_path, limits, lambda: {images[0]}) as one,
    ):
        for image, age in zip(images, (9, 9, 2), strict=True):
            await one.fetched(image)
            record = tmp_path / "roots" / image.removeprefix("sha256:") / "image.json"
            when = record.stat().st_mtime - REST * age
            os.utime(record, (when, when))
        one.tasks.spawn(one.images.keep_room(), "rounds")
        await until(lambda: {kept.image for kept in one.roots.kept()} == {images[0], images[2]})
