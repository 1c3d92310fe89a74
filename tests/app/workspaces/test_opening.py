"""What a start opens with is settled once, by the rules, and told when it is not the choice."""

from msgspec.structs import replace

from app.ides.reading import built_in
from app.ides.resolve import Policy
from app.workspaces.artefacts import Artefacts
from app.workspaces.structs import ChangeWorkspace, CreateWorkspace, WorkspaceView
from app.workspaces.upkeep import Upkeep
from tests.app.workspaces.control import DEMO, Control
from wire.agent import Desired
from wire.ids import InstanceId
from wire.phases import Phase

TWO = Artefacts(
    supervisor="s",
    vscode="d1",
    image="i",
    jupyterlab="j1",
    editors={"code": {"1.101.2": "d1", "1.102.0": "d2"}},
    latest={"code": "1.102.0"},
)
FEWER = replace(built_in(), policy=Policy(frozenset({"vscode", "terminal"})))


async def opening(control: Control, ide: str) -> WorkspaceView:
    wanted = CreateWorkspace(url=DEMO.url, ide=ide)
    return await control.service.create(control.alice, wanted)


async def wanted(control: Control, view: WorkspaceView) -> Desired:
    found = await control.agents.desired(InstanceId(view.id, 1))
    assert found is not None
    return found


async def test_a_start_gets_the_version_that_was_chosen_and_keeps_it(control: Control) -> None:
    control.artefacts = TWO
    made = await opening(control, "code-latest")
    async with control.reconciling():
        await control.run(made.id)
        (spec,) = [one.spec for one in await control.truth.desired()]
        assert spec is not None
        assert (spec.ide, spec.jupyterlab) == ("d2", "j1")
        # what set-up builds meanwhile is for others
        control.artefacts = replace(TWO, vscode="d3", jupyterlab="j2", editors={}, latest={})
        assert [one.spec for one in await control.truth.desired()] == [spec]
    desired = await wanted(control, made)
    assert (desired.ide, desired.environment["GITPOD_IDE_ALIAS"]) == ("vscode", "code")


async def test_a_choice_that_is_not_allowed_any_more_falls_back_and_says_why(
    control: Control,
) -> None:
    made = await opening(control, "jupyterlab")
    control.store.ides = FEWER
    async with control.reconciling():
        running = await control.run(made.id)
        assert running.instance is not None
        assert running.instance.conditions == {
            "ide_not_offered": "JupyterLab is not allowed here: VS Code opens instead."
        }
        assert (running.ide, running.editor.id) == ("jupyterlab", "vscode")
        desired = await wanted(control, made)
        assert (desired.ide, "GITPOD_IDE_ALIAS" in desired.environment) == ("vscode", False)
        # another choice settles it
        upkeep = Upkeep(control.store, control.service)
        told = await upkeep.change(control.alice, made.id, ChangeWorkspace(ide="terminal"))
        assert told.instance is not None
        assert (told.editor.id, told.instance.conditions) == ("terminal", {})
        assert (await wanted(control, made)).ide == "terminal"


async def test_what_runs_is_not_taken_from_anybody_by_a_new_rule(control: Control) -> None:
    made = await opening(control, "jupyterlab")
    async with control.reconciling():
        await control.run(made.id)
        control.store.ides = FEWER
        assert (await wanted(control, made)).ide == "jupyterlab"
        assert (await control.see(made.id)).editor.id == "jupyterlab"
        await control.service.stop(control.alice, made.id)
        stopped = await control.at(made.id, Phase.STOPPED)
        assert stopped.editor.id == "vscode", "what its next start opens"


async def test_the_choice_of_a_stopped_workspace_counts_at_its_next_start(
    control: Control,
) -> None:
    made = await opening(control, "vscode")
    upkeep = Upkeep(control.store, control.service)
    async with control.reconciling():
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await upkeep.change(control.alice, made.id, ChangeWorkspace(ide="terminal"))
        await control.service.start(control.alice, made.id)
        again = await control.run(made.id)
        assert again.editor.id == "terminal"
        desired = await control.agents.desired(InstanceId(made.id, 2))
    assert desired is not None
    assert (desired.ide, desired.environment["GITPOD_IDE_ALIAS"]) == ("terminal", "xterm")
