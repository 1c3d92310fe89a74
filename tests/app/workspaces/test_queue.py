"""Who goes on, who waits, and what for."""

from app.workspaces.queue import NO_IMAGE, NO_NODE, Start, Turn, line_up
from tests.app.workspaces.control import Control
from tests.waiting import until
from wire.phases import Phase, Step, StepState

GO = Turn(go=True, step=Step.PLACE)


def starts(*phases: Phase) -> list[Start]:
    return [Start(str(number), phase) for number, phase in enumerate(phases)]


def waits(detail: str) -> Turn:
    return Turn(go=False, step=Step.PLACE, detail=detail)


def test_who_is_on_a_node_has_no_turn() -> None:
    there = starts(Phase.CREATING, Phase.INITIALIZING, Phase.RUNNING, Phase.STOPPING)
    assert line_up(there, image=True, node=True, most=4) == {}


def test_first_come_first_served_and_the_others_know_their_place() -> None:
    found = line_up(starts(*[Phase.PENDING] * 4), image=True, node=True, most=2)
    assert found == {
        "0": GO,
        "1": GO,
        "2": waits("number 1 in the queue: 2 others are being created on this node"),
        "3": waits("number 2 in the queue: 2 others are being created on this node"),
    }


def test_what_is_being_created_takes_its_place() -> None:
    there = starts(Phase.CREATING, Phase.RUNNING, Phase.PREPARING, Phase.PENDING)
    found = line_up(there, image=True, node=True, most=2)
    assert [found[name].go for name in ("2", "3")] == [True, False]


def test_without_an_image_or_a_node_everybody_waits() -> None:
    there = starts(Phase.PREPARING, Phase.PENDING)
    assert line_up(there, image=False, node=True, most=4) == {
        "0": Turn(go=False, step=Step.IMAGE, detail=NO_IMAGE),
        "1": GO,
    }
    assert line_up(there, image=True, node=False, most=4) == {
        "0": waits(NO_NODE),
        "1": waits(f"{NO_NODE}; number 2 in the queue"),
    }


async def detail(control: Control, workspace: str, step: Step) -> tuple[StepState, str]:
    view = await control.see(workspace)
    assert view.instance is not None
    found = next(one for one in view.instance.steps if one.step is step)
    return found.state, found.detail


async def test_five_starts_at_once_are_four_and_one_that_waits(control: Control) -> None:
    control.node.script.hold("prepare")
    made = []
    for _ in range(5):
        made.append(await control.create())
        control.clock.advance(1)
    async with control.reconciling():
        last = made[-1].id
        why = "number 1 in the queue: 4 others are being created on this node"
        await until(lambda: is_told(control, last, Step.PLACE, why))
        assert (await control.see(last)).phase is Phase.PENDING
        # what waits is written down before what does not is begun
        await until(lambda: prepared(control) == 4)
        version = (await control.see(last)).version
        before = control.reconciler.passes
        await until(lambda: control.reconciler.passes > before + 3)
        assert (await control.see(last)).version == version
        assert prepared(control) == 4
        await control.service.stop(control.alice, made[0].id)
        await control.at(last, Phase.CREATING)
        assert await detail(control, last, Step.PLACE) == (StepState.DONE, "this machine")


def prepared(control: Control) -> int:
    return [name for name, _ in control.node.calls].count("prepare")


async def is_told(control: Control, workspace: str, step: Step, text: str) -> bool:
    return await detail(control, workspace, step) == (StepState.WORKING, text)


async def test_a_start_without_image_or_node_says_so_and_goes_on(control: Control) -> None:
    artefacts, control.artefacts = control.artefacts, None
    control.node.cut()
    made = await control.create()
    async with control.reconciling():
        await until(lambda: is_told(control, made.id, Step.IMAGE, NO_IMAGE))
        control.artefacts = artefacts
        control.reconciler.wake()
        await until(lambda: is_told(control, made.id, Step.PLACE, NO_NODE))
        control.node.mend()
        await control.run(made.id)
