"""From every phase, with a node that is dead or hangs: a stop, a deletion, and what is left."""

from collections.abc import Awaitable, Callable

import pytest

from app.faults import Missing
from app.runtime.plan import ORPHAN_GRACE
from app.workspaces.artefacts import FAKE
from tests.app.workspaces.control import Control
from tests.waiting import until
from wire.phases import Phase, StopReason

Reach = Callable[[Control, str], Awaitable[None]]


async def preparing(control: Control, workspace: str) -> None:
    await control.at(workspace, Phase.PREPARING)


async def pending(control: Control, workspace: str) -> None:
    await control.at(workspace, Phase.PENDING)


async def cloning(control: Control, workspace: str) -> None:
    await until(lambda: "prepare" in [name for name, _ in control.node.calls])
    await control.at(workspace, Phase.CREATING)


async def starting(control: Control, workspace: str) -> None:
    await until(lambda: "apply" in [name for name, _ in control.node.calls])


async def contained(control: Control, workspace: str) -> None:
    await control.contained(workspace)


async def initializing(control: Control, workspace: str) -> None:
    view = await control.contained(workspace)
    assert view.instance is not None
    assert await control.agents.connected(view.instance.id) is not None


async def running(control: Control, workspace: str) -> None:
    await control.run(workspace)


async def stopping(control: Control, workspace: str) -> None:
    await control.run(workspace)
    await control.service.stop(control.alice, workspace)
    await until(lambda: "delete" in [name for name, _ in control.node.calls])


async def sealing(control: Control, workspace: str) -> None:
    await control.run(workspace)
    await control.service.stop(control.alice, workspace)
    await until(lambda: "seal" in [name for name, _ in control.node.calls])


STORIES: dict[str, tuple[Reach, str]] = {
    "preparing": (preparing, ""),
    "pending": (pending, ""),
    "cloning": (cloning, "prepare"),
    "starting": (starting, "apply"),
    "contained": (contained, ""),
    "initializing": (initializing, ""),
    "running": (running, ""),
    "stopping": (stopping, "delete"),
    "sealing": (sealing, "seal"),
}
"""What to do to get there, and the work that is held so that it stays there."""


async def reach(control: Control, story: str) -> str:
    """Make a workspace and bring it there; the reconciler must live."""
    how, held = STORIES[story]
    if held:
        control.node.script.hold(held)  # type: ignore[arg-type] # one of the words
    if story == "preparing":
        control.artefacts = None
    if story == "pending":
        control.node.cut()
        await until(lambda: not control.reconciler.reachable)
    made = await control.create()
    await how(control, made.id)
    return made.id


def lose(control: Control, how: str) -> None:
    {"dies": control.node.cut, "hangs": control.node.hang}[how]()


def recover(control: Control, story: str) -> None:
    control.node.mend()
    control.artefacts = FAKE
    if held := STORIES[story][1]:
        control.node.script.release(held)  # type: ignore[arg-type] # one of the words
    control.reconciler.wake()


async def passing(control: Control, wanted: Callable[[], Awaitable[object]]) -> None:
    """Wait while time passes, so that the node is asked again and again."""

    async def moment() -> object:
        control.clock.advance(0.06)
        return await wanted()

    await until(moment)


async def stands(control: Control, workspace: str, phase: Phase) -> bool:
    return (await control.see(workspace)).phase is phase


async def is_empty(control: Control) -> bool:
    return control.node.containers == {}


async def is_gone(control: Control, workspace: str) -> bool:
    try:
        await control.service.get(control.alice, workspace)
    except Missing:
        return True
    return False


@pytest.mark.parametrize("how", ["dies", "hangs"])
@pytest.mark.parametrize("story", STORIES)
async def test_a_forced_stop_ends_it_at_once_and_nothing_stays_behind(
    control: Control, story: str, how: str
) -> None:
    async with control.reconciling():
        workspace = await reach(control, story)
        lose(control, how)
        given_up = await control.service.stop(control.alice, workspace, force=True)
        assert given_up.phase is Phase.STOPPED
        assert given_up.instance is not None
        assert given_up.instance.stop_reason is not None
        recover(control, story)
        control.clock.advance(ORPHAN_GRACE + 1)
        await passing(control, lambda: is_empty(control))
        await control.service.start(control.alice, workspace)
        again = await control.run(workspace)
        assert again.instance is not None
        assert again.instance.n == 2
        assert again.instance.problem is None


@pytest.mark.parametrize("how", ["dies", "hangs"])
@pytest.mark.parametrize("story", STORIES)
async def test_a_forced_deletion_is_one_at_once_and_frees_later(
    control: Control, story: str, how: str
) -> None:
    async with control.reconciling():
        workspace = await reach(control, story)
        lose(control, how)
        await control.service.delete(control.alice, workspace, force=True)
        assert await is_gone(control, workspace)
        assert control.feed.route(workspace) is None
        recover(control, story)
        await passing(control, lambda: nothing_is_wanted(control))
        assert control.node.containers == {}
        assert control.node.contents == {}
        assert await is_gone(control, workspace)


async def nothing_is_wanted(control: Control) -> bool:
    return await control.truth.desired() == []


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("wish", ["stop", "delete"])
async def test_without_force_it_ends_as_soon_as_the_node_answers(
    control: Control, story: str, wish: str
) -> None:
    async with control.reconciling():
        workspace = await reach(control, story)
        lose(control, "hangs")
        if wish == "stop":
            await control.service.stop(control.alice, workspace)
        else:
            await control.service.delete(control.alice, workspace)
        recover(control, story)
        if wish == "stop":
            await passing(control, lambda: stands(control, workspace, Phase.STOPPED))
            stopped = await control.see(workspace)
            assert stopped.instance is not None
            assert stopped.instance.stop_reason is StopReason.REQUESTED
            assert stopped.instance.problem is None
        else:
            await passing(control, lambda: is_gone(control, workspace))
            assert control.node.contents == {}
        assert control.node.containers == {}


async def test_a_node_that_hangs_is_told_and_comes_back_by_itself(control: Control) -> None:
    async with control.reconciling():
        workspace = await reach(control, "running")
        control.node.hang()

        async def told(*, held: bool) -> bool:
            view = await control.see(workspace)
            assert view.instance is not None
            return ("node_unreachable" in view.instance.conditions) is held

        await passing(control, lambda: told(held=True))
        assert (await control.see(workspace)).phase is Phase.RUNNING
        control.node.mend()
        await passing(control, lambda: told(held=False))


async def test_a_stop_that_was_slow_and_has_ended_well_has_no_problem(control: Control) -> None:
    async with control.reconciling():
        workspace = await reach(control, "sealing")
        control.clock.advance(61)
        await passing(control, lambda: is_late(control, workspace))
        recover(control, "sealing")
        await passing(control, lambda: stands(control, workspace, Phase.STOPPED))
        stopped = await control.see(workspace)
    assert stopped.instance is not None
    assert stopped.instance.problem is None


async def is_late(control: Control, workspace: str) -> bool:
    view = await control.see(workspace)
    return view.instance is not None and "deadline_passed" in view.instance.conditions
