import pytest

from app.images.everywhere import AllRoots
from app.images.fake import FakeImages
from app.images.port import State
from app.runtime.port import Unreachable
from wire.ids import InstanceId

INSTANCE = InstanceId("amber-otter-4k2hw9xz1q", 1)


async def on(node: str) -> tuple[FakeImages, FakeImages, AllRoots]:
    async def where(_workspace: str) -> str:
        return node

    here, there = FakeImages(), FakeImages()
    return here, there, AllRoots({"local": here, "b": there}, where)


async def test_an_image_is_fetched_where_the_start_is() -> None:
    here, there, roots = await on("b")
    assert (await roots.fetch(INSTANCE, "sha256:1", "somewhere")).state is State.READY
    assert (len(here.calls), len(there.calls)) == (0, 1)


async def test_a_node_that_nobody_knows_does_not_answer() -> None:
    _here, _there, roots = await on("c")
    with pytest.raises(Unreachable, match="PODIUM_NODES"):
        await roots.fetch(INSTANCE, "sha256:1", "somewhere")
