"""The agent link's meaning: tokens, the wanted document, and what supervisors report."""

import pytest
from msgspec.structs import replace

from app.db.workspaces import WorkspaceRow
from app.workspaces.agents import Agents, Giving
from app.workspaces.secrets import Secrets
from app.workspaces.structs import CreateWorkspace, PortSettings, Visibility
from tests.app.workspaces.control import DEMO, DONE, HOSTS, Control
from wire.agent import Observed, PortReport, StepReport
from wire.git import GitState
from wire.ids import InstanceId
from wire.phases import Phase, Step, StepState
from wire.ports import PortWish
from wire.usage import Usage

SECRETS = Secrets(b"m" * 32)
WORKING = StepReport(state=StepState.WORKING, detail="checking out")


async def test_a_token_is_worth_its_live_instance_only(control: Control) -> None:
    made = await control.create()
    first = f"{made.id}.1"
    token = SECRETS.token(first)
    assert await control.agents.instance_of(token) == first
    for wrong in ("", token[:-1], token + "x", SECRETS.token(f"{made.id}.2")):
        assert await control.agents.instance_of(wrong) == ""
    await control.service.stop(control.alice, made.id, force=True)
    assert await control.agents.instance_of(token) == ""


async def test_the_container_gets_the_token_that_is_known_here(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.contained(made.id)
    assert control.node.tokens[InstanceId(made.id, 1)] == SECRETS.token(f"{made.id}.1")


async def test_who_connects_is_told_what_is_wanted(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        await control.contained(made.id)
        desired = await control.agents.connected(f"{made.id}.1")
        view = await control.at(made.id, Phase.INITIALIZING)
    assert desired is not None
    assert (desired.workspace, desired.instance) == (made.id, f"{made.id}.1")
    assert desired.repository == "/workspace/demo"
    assert desired.checkout is not None
    assert desired.checkout.path == "/workspace/demo"
    assert len(desired.checkout.revision) == 40
    assert desired.checkout.branch == "main"
    assert desired.owner == "alice"
    assert desired.job_limit == "4h"
    assert not desired.trusted
    route = control.feed.route(made.id)
    assert route is not None
    assert route.key == desired.key
    assert route.target is not None
    environment = desired.environment
    assert environment["GITPOD_WORKSPACE_ID"] == environment["PODIUM_WORKSPACE_ID"] == made.id
    assert environment["PODIUM_WORKSPACE_URL"] == f"http://{made.id}.ws.localhost:8080"
    assert environment["GITPOD_HOST"] == "http://podium.localhost:8080"
    assert desired.assets == "http://ide.localhost:8080"
    assert environment["THEIA_WORKSPACE_ROOT"] == "/workspace/demo"
    assert (environment["GITPOD_IDE_ALIAS"], environment["PODIUM_IMAGE"]) == ("code", "default")
    assert view.instance is not None
    assert view.instance.steps[6].state is StepState.DONE


async def test_the_operators_gallery_is_told_and_a_persons_own_counts_more(
    control: Control,
) -> None:
    async def own(_person: str, _url: str) -> dict[str, str]:
        return {"EXTENSIONS_GALLERY": "own"}

    async def no_hosts(_person: str) -> list[str]:
        return []

    giving = Giving(no_hosts, own)
    agents = Agents(control.store, HOSTS, control.vitals, giving, 0, "https://g.example.org")
    for trust, told in ((False, "https://g.example.org"), (True, "own")):
        made = await control.service.create(control.alice, replace(DEMO, trust=trust))
        desired = await agents.desired(InstanceId(made.id, 1))
        assert desired is not None
        assert told in desired.environment["EXTENSIONS_GALLERY"]


async def test_variables_of_a_link_need_trust(control: Control) -> None:
    for trust in (False, True):
        wanted = CreateWorkspace(url=f"STAGE=test,HOST=x/{DEMO.url}", trust=trust)
        made = await control.service.create(control.alice, wanted)
        desired = await control.agents.desired(InstanceId(made.id, 1))
        assert desired is not None
        assert ("STAGE" in desired.environment) is trust
        assert desired.environment["GITPOD_HOST"] == "http://podium.localhost:8080"


async def test_who_has_no_business_here_is_told_nothing(control: Control) -> None:
    made = await control.create()
    for name in ("", "nonsense", f"{made.id}.2", "amber-otter-0000000000.1", f"{made.id}.1"):
        assert await control.agents.connected(name) is None, name
        await control.agents.observed(name, Observed(version=1, ide=DONE))
    assert await control.agents.desired(InstanceId(made.id, 2)) is None
    assert (await control.see(made.id)) == made


async def test_reports_move_the_steps_and_the_phase(control: Control) -> None:
    made = await control.create()
    name = f"{made.id}.1"
    async with control.reconciling():
        await control.contained(made.id)
        await control.agents.connected(name)
        await control.agents.observed(name, Observed(version=1, checkout=WORKING))
        assert await step(control, made.id, Step.CHECKOUT) == (StepState.WORKING, "checking out")
        await control.agents.observed(name, Observed(version=2, checkout=DONE))
        assert (await step(control, made.id, Step.CHECKOUT))[0] is StepState.DONE
        assert (await step(control, made.id, Step.IDE))[0] is StepState.WORKING
        await control.agents.observed(name, Observed(version=3, checkout=DONE, ide=DONE))
        view = await control.see(made.id)
    assert view.phase is Phase.RUNNING
    assert view.instance is not None
    assert view.instance.steps[8].took == 0.3


async def step(control: Control, workspace: str, step: Step) -> tuple[StepState, str]:
    view = await control.see(workspace)
    assert view.instance is not None
    one = next(one for one in view.instance.steps if one.step is step)
    return one.state, one.detail


async def test_the_same_report_again_changes_no_version(control: Control) -> None:
    made = await control.create()
    async with control.reconciling():
        running = await control.run(made.id)
        report = Observed(version=9, checkout=DONE, ide=DONE)
        await control.agents.observed(f"{made.id}.1", report)
        assert await control.see(made.id) == running


async def test_a_failed_checkout_is_a_condition_and_the_ide_may_still_come(
    control: Control,
) -> None:
    made = await control.create()
    name = f"{made.id}.1"
    failed = StepReport(state=StepState.FAILED, code="checkout_failed", detail="LFS refused")
    async with control.reconciling():
        await control.contained(made.id)
        await control.agents.connected(name)
        await control.agents.observed(name, Observed(version=1, checkout=failed))
        view = await control.see(made.id)
        assert view.phase is Phase.INITIALIZING
        assert view.instance is not None
        assert view.instance.conditions == {"checkout_failed": "LFS refused"}
        await control.agents.observed(name, Observed(version=2, checkout=failed, ide=DONE))
        view = await control.at(made.id, Phase.RUNNING)
    assert view.instance is not None
    assert view.instance.steps[7].state is StepState.FAILED
    assert "checkout_failed" in view.instance.conditions


async def test_a_supervisors_conditions_come_and_go_beside_the_servers_own(
    control: Control,
) -> None:
    made = await control.create()
    name = f"{made.id}.1"
    async with control.reconciling():
        await control.run(made.id)
        failing = {"ide_failing": "5 exits in a minute", "forced": "a lie"}
        report = Observed(version=5, checkout=DONE, ide=DONE, conditions=failing)
        await control.agents.observed(name, report)
        view = await control.see(made.id)
        assert view.instance is not None
        assert view.instance.conditions == {"ide_failing": "5 exits in a minute"}
        await control.agents.observed(name, Observed(version=6, checkout=DONE, ide=DONE))
        view = await control.see(made.id)
    assert view.instance is not None
    assert view.instance.conditions == {}


async def test_a_slow_ide_is_a_condition_and_stays(control: Control) -> None:
    made = await control.create()
    name = f"{made.id}.1"
    async with control.reconciling():
        await control.contained(made.id)
        await control.agents.connected(name)
        control.clock.advance(601)
        await control.truth.advance(reachable=True)
        view = await control.see(made.id)
        assert view.phase is Phase.INITIALIZING
        assert view.instance is not None
        assert "ide_slow" in view.instance.conditions
        await control.agents.observed(name, Observed(version=1, checkout=DONE, ide=DONE))
        view = await control.at(made.id, Phase.RUNNING)
    assert view.instance is not None
    assert view.instance.conditions == {}


async def test_what_listens_is_told_as_long_as_somebody_sees_it(control: Control) -> None:
    made = await control.create()
    name = f"{made.id}.1"
    node = PortReport(port=3000, process="node", address="::1", loopback=True)
    async with control.reconciling():
        await control.run(made.id)
        report = Observed(version=2, checkout=DONE, ide=DONE, ports=[node])
        await control.agents.observed(name, report)
        view = await control.see(made.id)
        assert [(one.port, one.process, one.url) for one in view.ports] == [
            (3000, "node", f"http://3000-{made.id}.ws.localhost:8080")
        ]
        await control.agents.observed(name, replace(report, version=3))
        assert (await control.see(made.id)).version == view.version
        await control.agents.observed(name, replace(report, version=4, ports=[]))
        assert (await control.see(made.id)).ports == []
        await control.agents.observed(name, replace(report, version=5))
        await control.service.stop(control.alice, made.id)
        assert (await control.at(made.id, Phase.STOPPED)).ports == []


@pytest.mark.parametrize("trusted", [True, False])
async def test_wishes_for_ports_count_where_the_repository_is_trusted(
    control: Control, *, trusted: bool
) -> None:
    made = await control.service.create(control.alice, replace(DEMO, trust=trusted))
    wishes = [PortWish(first=3000, last=3010, public=True, name="Shop")]
    report = Observed(
        version=2, checkout=DONE, ide=DONE, ports=[PortReport(port=3000)], port_wishes=wishes
    )
    async with control.reconciling():
        await control.run(made.id)
        await control.agents.observed(f"{made.id}.1", report)
    port = (await control.see(made.id)).ports[0]
    public = Visibility.PUBLIC if trusted else Visibility.PRIVATE
    assert (port.name, port.visibility) == ("Shop" if trusted else "", public)
    private = PortSettings(visibility=Visibility.PRIVATE)
    await control.service.set_port(control.alice, made.id, 3000, private)
    await control.agents.observed(f"{made.id}.1", replace(report, version=3))
    assert (await control.see(made.id)).ports[0].visibility is Visibility.PRIVATE


@pytest.mark.parametrize("trusted", [True, False])
async def test_what_restore_points_leave_out_counts_where_the_repository_is_trusted(
    control: Control, *, trusted: bool
) -> None:
    made = await control.service.create(control.alice, replace(DEMO, trust=trusted))
    report = Observed(version=2, checkout=DONE, ide=DONE, backup_excludes=["dist", "*", "../x"])
    async with control.reconciling():
        await control.run(made.id)
        await control.agents.observed(f"{made.id}.1", report)
    async with control.database.read() as session:
        row = await session.get_one(WorkspaceRow, made.id)
    assert row.backup_excludes == (["dist"] if trusted else [])


async def test_what_exists_only_there_is_kept_over_a_stop(control: Control) -> None:
    async with control.reconciling():
        made = await control.create()
        view = await control.run(made.id)
        assert view.instance is not None
        name, work = view.instance.id, GitState(folder="demo", branch="main", unpushed=1)
        report = Observed(version=2, checkout=DONE, ide=DONE, git=work)
        await control.agents.observed(name, report)
        seen = await control.see(made.id)
        assert seen.version == view.version  # proxies and supervisors have no use for it
        assert seen.git is not None
        assert [(one.branch, one.unpushed) for one in seen.git.repositories] == [("main", 1)]
        await control.agents.observed(name, Observed(version=3, checkout=DONE, ide=DONE))
        await control.service.stop(control.alice, made.id)
        stopped = await control.at(made.id, Phase.STOPPED)
        assert stopped.git == seen.git
        # what was told right before the end may be read after it
        last = Observed(version=4, git=work, more_git=[GitState(folder="lib", stashed=1)])
        await control.agents.observed(name, last)
        assert [one.folder for one in (await control.see(made.id)).git.repositories] == [  # type: ignore[union-attr] # fails as a test
            "demo",
            "lib",
        ]
        assert await control.service.start(control.alice, made.id)
        await control.agents.observed(name, report)  # of the start before
        assert len((await control.see(made.id)).git.repositories) == 2  # type: ignore[union-attr] # fails as a test


async def test_what_is_true_only_for_a_moment_writes_nothing(control: Control) -> None:
    async with control.reconciling():
        made = await control.create()
        view = await control.run(made.id)
    assert view.instance is not None
    report = Observed(version=2, checkout=DONE, ide=DONE, usage=Usage(cpu=0.5))
    await control.agents.observed(view.instance.id, report)
    vital = control.vitals.of(view)
    assert vital is not None
    assert vital.usage == Usage(cpu=0.5)
    assert (await control.see(made.id)).version == view.version
    more = Observed(version=3, checkout=DONE, ide=DONE, ports=[PortReport(port=3000)])
    await control.agents.observed(view.instance.id, more)
    assert (await control.see(made.id)).ports[0].port == 3000
