"""A start that waits for an image: phase building, the step says how far, and it goes on."""

from app.images.fake import DIGEST
from app.images.port import RootStatus, State, Supply
from app.workspaces.structs import StepView, WorkspaceView
from tests.app.workspaces.control import DEMO, Control
from tests.waiting import until
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step, StepState

NAME = "docker.io/library/alpine:3.20"
WORKING = RootStatus(state=State.WORKING, progress="fetching the image: 1 of 9 MB")


async def begun(control: Control) -> WorkspaceView:
    control.node.repositories.configs[DEMO.url] = "image: alpine:3.20\n"
    return await control.create()


def steps(view: WorkspaceView) -> dict[Step, StepView]:
    assert view.instance is not None
    return {one.step: one for one in view.instance.steps}


async def test_the_start_waits_in_phase_building_and_goes_on_with_the_image(
    control: Control,
) -> None:
    control.images.fetches += [WORKING] * 10_000
    made = await begun(control)
    async with control.reconciling():
        await control.at(made.id, Phase.BUILDING)

        async def told() -> bool:
            return steps(await control.see(made.id))[Step.IMAGE].detail == WORKING.progress

        await until(told)
        waits = steps(await control.see(made.id))
        assert waits[Step.CONTENT].state is StepState.DONE
        assert waits[Step.IMAGE].state is StepState.WORKING
        assert waits[Step.CONTAINER].state is StepState.WAITING
        assert not control.node.containers
        control.images.fetches.clear()
        view = await control.run(made.id)
    assert control.node.images[InstanceId(made.id, 1)] == DIGEST
    assert steps(view)[Step.IMAGE].detail == NAME
    assert all(one.state is StepState.DONE for one in steps(view).values())
    assert view.instance is not None
    assert view.instance.conditions == {}


async def test_a_later_start_asks_no_registry(control: Control) -> None:
    made = await begun(control)
    async with control.reconciling():
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        control.images.calls.clear()
        await control.service.start(control.alice, made.id)
        await control.run(made.id)
    assert {name for name, _about in control.images.calls} == {"fetch"}
    assert control.node.images[InstanceId(made.id, 2)] == DIGEST


async def test_what_the_image_lacks_is_told_and_the_start_goes_on(control: Control) -> None:
    there = Supply(state=State.READY, source="s", digest=DIGEST, lacks="It has no Node.")
    control.images.supplies.append(there)
    made = await begun(control)
    async with control.reconciling():
        view = await control.run(made.id)
    assert view.instance is not None
    assert view.instance.conditions == {Condition.IMAGE_PARTIAL: "It has no Node."}


async def test_what_was_only_away_is_asked_for_by_the_next_start(control: Control) -> None:
    first, second = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
    lacks = "The feature ghcr.io/x/node:1 is not installed: Nobody answers."
    control.images.supplies += [
        Supply(state=State.READY, source="s", digest=first, lacks=lacks, passing=True),
        Supply(state=State.READY, source="s", digest=second),
    ]
    made = await begun(control)
    async with control.reconciling():
        view = await control.run(made.id)
        assert view.instance is not None
        assert view.instance.conditions == {Condition.IMAGE_PARTIAL: lacks}
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await control.service.start(control.alice, made.id)
        view = await control.run(made.id)
    assert view.instance is not None
    assert view.instance.conditions == {}
    assert control.node.images[InstanceId(made.id, 1)] == first
    assert control.node.images[InstanceId(made.id, 2)] == second


async def test_what_is_not_to_be_had_opens_the_default_image_and_is_told(control: Control) -> None:
    for script, failed in (
        (control.images.supplies, Supply(state=State.FAILED, told="It is raining.")),
        (control.images.fetches, RootStatus(state=State.FAILED, told="It is raining.")),
    ):
        script.append(failed)
        made = await begun(control)
        async with control.reconciling():
            view = await control.run(made.id)
        assert view.instance is not None
        assert control.node.images[InstanceId(made.id, 1)] == "fake"
        told = view.instance.conditions[Condition.IMAGE_UNREACHABLE]
        assert told == f"{NAME}: It is raining. The default image is used."
        assert steps(view)[Step.IMAGE].detail == "default"
        history = await control.service.events(control.alice, made.id)
        assert told in [line.text for line in history]


async def test_a_start_that_is_stopped_while_it_waits_has_stopped(control: Control) -> None:
    control.images.fetches += [WORKING] * 10_000
    made = await begun(control)
    async with control.reconciling():
        await control.at(made.id, Phase.BUILDING)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)


async def test_a_server_that_is_restarted_goes_on_waiting(control: Control) -> None:
    control.images.fetches += [WORKING] * 10_000
    made = await begun(control)
    async with control.reconciling():
        await control.at(made.id, Phase.BUILDING)
    control.images.fetches.clear()
    async with control.reconciling():
        await control.run(made.id)
