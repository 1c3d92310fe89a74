"""Reports at odd moments; the usual ones are in test_truth and test_agents."""

import pytest
from msgspec.structs import replace

from app.runtime.port import Container, ContainerState, ContentState, ContentStatus
from app.workspaces.artefacts import Artefacts
from app.workspaces.structs import WorkspaceView
from tests.app.workspaces.control import DEMO, DONE, Control
from tests.waiting import until
from wire.agent import Observed
from wire.ids import InstanceId
from wire.phases import Phase, StepState
from wire.problems import Problem
from wire.routes import NodeTarget


async def test_progress_of_a_clone_is_one_line(control: Control) -> None:
    control.node.script.hold("prepare")
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await until(lambda: made.id in control.node.contents)
        control.node.progress(one, "43 %")

        async def told() -> bool:
            view = await control.see(made.id)
            assert view.instance is not None
            return view.instance.steps[4].detail == "43 %"

        await until(told)
    view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.steps[4].state is StepState.WORKING
    await control.truth.seen(list(control.node.contents.values()))
    assert await control.see(made.id) == view


async def test_a_failed_seal_is_told_and_the_stop_goes_on(control: Control) -> None:
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await control.run(made.id)
        control.node.script.fail("seal", Problem(code="disk_full", title="The disk is full"))
        await control.service.stop(control.alice, made.id)
        await until(lambda: "seal" in [name for name, _ in control.node.calls])
        control.clock.advance(1)
        stopped = await control.at(made.id, Phase.STOPPED)
    assert stopped.instance is not None
    assert (stopped.instance.problem, stopped.instance.conditions) == (None, {})
    told = [line.text for line in await control.service.events(control.alice, made.id)]
    assert "The disk is full." in told
    assert control.node.contents[made.id].instance == one
    assert control.node.contents[made.id].state is ContentState.SEALED


async def test_a_late_failure_of_the_content_stops_nothing(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    one = InstanceId(made.id, 1)
    await control.truth.seen([ContentStatus(instance=one, state=ContentState.FAILED)])
    view = await control.see(made.id)
    assert view.phase is Phase.RUNNING
    assert view.instance is not None
    assert "content_failed" in view.instance.conditions


async def test_a_container_that_ends_while_it_stops_is_no_failure(control: Control) -> None:
    made = await control.create()
    one = InstanceId(made.id, 1)
    async with control.reconciling():
        await control.run(made.id)
    await control.service.stop(control.alice, made.id)
    exited = Container(instance=one, state=ContainerState.EXITED, exit_code=143)
    await control.truth.seen([exited])
    view = await control.see(made.id)
    assert view.instance is not None
    assert (view.phase, view.instance.problem) == (Phase.STOPPING, None)


async def test_a_supervisor_that_speaks_too_late_is_not_heard(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    stopping = await control.service.stop(control.alice, made.id)
    report = Observed(version=9, checkout=DONE, ide=DONE, conditions={"ide_failing": "x"})
    await control.agents.observed(f"{made.id}.1", report)
    assert await control.see(made.id) == stopping


FULL = Artefacts(supervisor="s", vscode="v", image="d1", full="f1")


async def started(control: Control, config: str, *, again: str = "") -> WorkspaceView:
    """Run a workspace of a repository with this .gitpod.yml; `again` starts that one."""
    control.node.repositories.configs[DEMO.url] = config
    name = again or (await control.create()).id
    async with control.reconciling():
        if again:
            await control.service.stop(control.alice, again)
            await control.at(again, Phase.STOPPED)
            await control.service.start(control.alice, again)
        return await control.run(name)


def got(control: Control, view: WorkspaceView) -> tuple[str, str, list[str]]:
    """Return digest, name and conditions of what the newest start runs on."""
    assert view.instance is not None
    digest = control.node.images[InstanceId(view.id, view.instance.n)]
    return digest, view.instance.steps[2].detail, list(view.instance.conditions)


async def test_the_container_is_made_of_the_image_that_gitpod_yml_names(control: Control) -> None:
    control.artefacts = FULL
    view = await started(control, "image: gitpod/workspace-full\n")
    assert got(control, view) == ("f1", "full", [])
    plain = await started(control, "tasks: []\n")
    assert got(control, plain) == ("d1", "default", [])


async def test_an_image_that_is_not_built_yet_is_used_at_the_next_start(control: Control) -> None:
    control.artefacts = replace(FULL, full="")
    view = await started(control, "image: gitpod/workspace-full\n")
    assert got(control, view) == ("d1", "default", ["image_pending"])
    control.artefacts = FULL
    later = await started(control, "image: ubuntu\n", again=view.id)
    assert got(control, later) == ("f1", "full", [])


async def test_an_image_once_chosen_stays_for_the_life_of_a_start(control: Control) -> None:
    control.artefacts = FULL
    control.node.script.hold("apply")
    control.node.repositories.configs[DEMO.url] = "image: gitpod/workspace-full\n"
    made = await control.create()
    async with control.reconciling():
        await until(lambda: InstanceId(made.id, 1) in control.node.containers)
    control.artefacts = replace(FULL, full="f2", image="d2")
    desired = await control.truth.desired()
    assert [one.spec.image for one in desired if one.spec is not None] == ["f1"]


@pytest.mark.parametrize(
    ("config", "image", "code", "text"),
    [
        ("image: No Image", "default", "image_unknown", "No Image of .gitpod.yml cannot"),
        ("image: gitpod/workspace-dotnet", "full", "image_partial", "gitpod/workspace-dotnet is"),
    ],
)
async def test_what_is_not_followed_is_told_and_stays_told(
    control: Control, config: str, image: str, code: str, text: str
) -> None:
    control.artefacts = FULL
    view = await started(control, config)
    assert got(control, view)[1:] == (image, [code])
    assert view.instance is not None
    assert view.instance.conditions[code].startswith(text)


async def test_a_killed_program_stands_in_the_history_once(control: Control) -> None:
    made = await control.create()
    killed = {"process_killed": "python3 was killed: all of the memory was in use."}
    async with control.reconciling():
        await control.run(made.id)
        for version, conditions in enumerate((killed, killed, {"memory_low": "x", **killed}), 9):
            seen = Observed(version=version, checkout=DONE, ide=DONE, conditions=conditions)
            await control.agents.observed(f"{made.id}.1", seen)
    told = [line.text for line in await control.service.events(control.alice, made.id)]
    assert told.count(killed["process_killed"]) == 1
    view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.conditions == {"memory_low": "x", **killed}


@pytest.mark.parametrize(("trust", "folder"), [(True, "src/own"), (False, "demo")])
async def test_the_code_lies_where_a_trusted_file_wants_it(
    control: Control,
    *,
    trust: bool,
    folder: str,
) -> None:
    control.node.repositories.configs[DEMO.url] = "checkoutLocation: src/own\n"
    made = await control.service.create(control.alice, replace(DEMO, trust=trust))
    async with control.reconciling():
        await control.contained(made.id)
        desired = await control.agents.connected(f"{made.id}.1")
        assert desired is not None
        assert desired.checkout is not None
        view = await control.see(made.id)
    path = f"/workspace/{folder}"
    assert (view.folder, desired.repository, desired.checkout.path) == (path, path, path)
    assert desired.checkout.cloned == ("/workspace/demo" if trust else "")
    assert desired.environment["GITPOD_REPO_ROOT"] == path


async def test_proxies_are_told_where_a_pod_is_and_where_it_is_then(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.run(made.id)
    one = InstanceId(made.id, 1)
    for address in ("10.1.2.3:22999", "10.1.2.9:22999"):
        running = Container(instance=one, state=ContainerState.RUNNING, at=address)
        await control.truth.seen([running])
        route = control.feed.route(made.id)
        assert route is not None
        assert isinstance(route.target, NodeTarget)
        assert route.target.at == address
        version = route.version
        await control.truth.seen([running])
        again = control.feed.route(made.id)
        assert again is not None
        assert again.version == version, "what is known is no news"
