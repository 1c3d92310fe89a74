"""What the fake does beyond the contract: it plays the world when told to."""

from contextlib import aclosing

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.port import ContainerState, ContentState, Unreachable
from tests.app.runtime.ledger import FROM, ONE, SPEC, WORKSPACE


async def test_a_killed_container_is_told_with_its_cause() -> None:
    node = FakeRuntime()
    await node.prepare(ONE, FROM)
    await node.apply(ONE, SPEC)
    async with aclosing(node.watch()) as watch:
        await anext(watch)
        node.kill(ONE, 137, oom=True)
        (seen,) = (await anext(watch)).containers
    assert (seen.state, seen.exit_code, seen.out_of_memory) == (ContainerState.EXITED, 137, True)


async def test_a_node_that_is_cut_off_answers_nothing_and_forgets_nothing() -> None:
    node = FakeRuntime()
    await node.prepare(ONE, FROM)
    async with aclosing(node.watch()) as watch:
        await anext(watch)
        node.cut()
        with pytest.raises(Unreachable):
            await anext(watch)
    with pytest.raises(Unreachable):
        await node.list()
    node.mend()
    assert [one.state for one in (await node.list()).contents] == [ContentState.READY]


async def test_progress_is_told_while_a_clone_is_held() -> None:
    node = FakeRuntime()
    node.script.hold("prepare")
    await node.prepare(ONE, FROM)
    node.progress(ONE, "receiving objects 43 %")
    assert node.contents[WORKSPACE].progress == "receiving objects 43 %"
    node.script.release("prepare")
    assert node.contents[WORKSPACE].state is ContentState.READY


async def test_calls_and_tokens_are_noted() -> None:
    node = FakeRuntime()
    await node.prepare(ONE, FROM)
    await node.apply(ONE, SPEC)
    assert node.calls == [("prepare", str(ONE)), ("apply", str(ONE))]
    assert node.tokens == {ONE: SPEC.token}
