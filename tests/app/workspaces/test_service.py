"""What people can do with workspaces, and what they cannot."""

import asyncio

import pytest

from app.accounts.access import Kind, Listener, Principal
from app.faults import Conflict, Denied, Malformed, Missing
from app.workspaces.structs import CreateWorkspace, PortSettings, Visibility
from tests.app.workspaces.control import DEMO, Control
from wire.phases import Phase, Step, StepState
from wire.routes import PortRoute

NOBODY = Principal(Kind.NOBODY, Listener.PUBLIC)
UNKNOWN = "amber-otter-0000000000"


async def test_a_new_workspace_is_accepted_with_its_first_start(control: Control) -> None:
    view = await control.create()
    assert (view.name, view.repository, view.url) == ("demo", "h.org/ada/demo", DEMO.url)
    assert (view.phase, view.version, view.owner) == (Phase.PREPARING, 1, "alice")
    assert view.ide_url == f"http://{view.id}.ws.localhost:8080"
    assert view.instance is not None
    assert view.instance.id == f"{view.id}.1"
    assert view.instance.steps[0].state is StepState.DONE
    assert view.instance.deadline == control.clock.now() + 300
    assert [one.kind for one in await control.service.events(control.alice, view.id)] == ["created"]


async def test_only_trust_makes_it_trusted_and_trust_is_remembered(control: Control) -> None:
    assert not (await control.create()).trusted
    assert not (await control.service.preview(control.alice, DEMO.url)).trusted
    trusting = CreateWorkspace(url=DEMO.url + ".git", trust=True)
    assert (await control.service.create(control.alice, trusting)).trusted
    assert (await control.service.preview(control.alice, DEMO.url)).trusted
    assert (await control.create()).trusted
    assert not (await control.service.create(control.bob, DEMO)).trusted


async def test_an_idempotency_key_makes_it_once(control: Control) -> None:
    first = await control.service.create(control.alice, DEMO, "k1")
    again = await control.service.create(control.alice, DEMO, "k1")
    other = await control.service.create(control.alice, DEMO, "k2")
    of_bob = await control.service.create(control.bob, DEMO, "k1")
    assert again == first
    assert len({first.id, other.id, of_bob.id}) == 3
    with pytest.raises(Conflict) as conflict:
        await control.service.create(control.alice, CreateWorkspace(url="https://h.org/x/y"), "k1")
    assert conflict.value.code == "key_used"
    with pytest.raises(Malformed) as long:
        await control.service.create(control.alice, DEMO, "k" * 201)
    assert long.value.code == "key_too_long"


async def test_twins_with_one_key_make_one_workspace(control: Control) -> None:
    made = await asyncio.gather(
        *(control.service.create(control.alice, DEMO, "twin") for _ in range(5))
    )
    assert len({view.id for view in made}) == 1
    assert len(await control.service.list(control.alice)) == 1


async def test_a_bad_url_makes_nothing(control: Control) -> None:
    with pytest.raises(Malformed):
        await control.service.create(control.alice, CreateWorkspace(url="ext::sh"))
    assert await control.service.list(control.alice) == []
    preview = await control.service.preview(control.alice, "h.org/a/b")
    assert preview.repository.url == "https://h.org/a/b"


async def test_a_pull_request_is_trusted_for_itself(control: Control) -> None:
    await control.service.create(control.alice, CreateWorkspace(url=DEMO.url, trust=True))
    pull = CreateWorkspace(url=f"{DEMO.url}/pull/7")
    made = await control.service.create(control.alice, pull)
    assert (made.kind, made.number, made.ref) == ("pull", 7, "refs/pull/7/head")
    assert not made.trusted
    await control.service.create(control.alice, CreateWorkspace(url=pull.url, trust=True))
    assert (await control.service.create(control.alice, pull)).trusted
    other = CreateWorkspace(url=f"{DEMO.url}/pull/8")
    assert not (await control.service.create(control.alice, other)).trusted


async def test_what_exists_already_is_found_before_a_new_one_is_made(control: Control) -> None:
    made = await control.create()
    at = f"{DEMO.url}/tree/feature/x"
    assert (await control.service.preview(control.alice, DEMO.url)).own == [made]
    assert (await control.service.preview(control.alice, at)).own == []
    placed = await control.service.create(control.alice, CreateWorkspace(url=at))
    assert (await control.service.preview(control.alice, at)).own == [placed]
    assert (await control.service.preview(control.bob, DEMO.url)).own == []
    await control.service.delete(control.alice, made.id)
    assert (await control.service.preview(control.alice, DEMO.url)).own == []


async def test_recent_repositories_are_remembered_once_each(control: Control) -> None:
    assert await control.service.recent(control.alice) == []
    for name in "abcdefa":
        control.clock.advance(1)
        wanted = CreateWorkspace(url=f"https://h.org/ada/{name}")
        await control.service.create(control.alice, wanted)
    recent = await control.service.recent(control.alice)
    assert [one.name for one in recent] == ["a", "f", "e", "d", "c"]
    assert await control.service.recent(control.bob) == []
    with pytest.raises(Denied):
        await control.service.recent(NOBODY)


async def test_strangers_and_unknown_ids_look_alike(control: Control) -> None:
    view = await control.create()
    calls = (
        control.service.get,
        control.service.start,
        control.service.stop,
        control.service.delete,
        control.service.events,
        control.service.log,
    )
    for call in calls:
        seen = set()
        for who, workspace in (
            (control.bob, view.id),
            (NOBODY, view.id),
            (control.alice, UNKNOWN),
            (control.alice, "../etc"),
        ):
            with pytest.raises(Missing) as missing:
                await call(who, workspace)
            seen.add((missing.value.code, missing.value.title, missing.value.detail))
        assert len(seen) == 1
    assert await control.service.list(control.bob) == []
    assert (await control.see(view.id)).version == view.version


async def test_nobody_neither_creates_nor_lists(control: Control) -> None:
    with pytest.raises(Denied):
        await control.service.create(NOBODY, DEMO)
    with pytest.raises(Denied):
        await control.service.list(NOBODY)


async def test_starting_what_is_on_its_way_changes_nothing(control: Control) -> None:
    view = await control.create()
    assert await control.service.start(control.alice, view.id) == view


async def test_the_same_stop_twice_is_one_stop(control: Control) -> None:
    view = await control.create()
    stopping = await control.service.stop(control.alice, view.id)
    assert stopping.phase is Phase.STOPPING
    assert await control.service.stop(control.alice, view.id) == stopping


async def test_a_forced_stop_gives_it_up_at_once(control: Control) -> None:
    view = await control.create()
    stopped = await control.service.stop(control.alice, view.id, force=True)
    assert stopped.phase is Phase.STOPPED
    assert stopped.instance is not None
    assert "forced" in stopped.instance.conditions
    started = await control.service.start(control.alice, view.id)
    assert started.instance is not None
    assert started.instance.n == 2


async def test_what_is_being_deleted_cannot_be_started(control: Control) -> None:
    view = await control.create()
    assert (await control.service.delete(control.alice, view.id)).deleting
    assert (await control.service.delete(control.alice, view.id)).deleting
    with pytest.raises(Conflict):
        await control.service.start(control.alice, view.id)


async def test_a_long_poll_returns_with_the_change_or_when_time_is_up(control: Control) -> None:
    view = await control.create()
    at_once = await control.service.wait(control.alice, view.id, 0, 10)
    assert at_once == view
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(control.service.wait(control.alice, view.id, view.version, 10))
        stopping = group.create_task(control.service.stop(control.alice, view.id))
    assert waiting.result().version == stopping.result().version > view.version
    late = await control.service.wait(control.alice, view.id, 99, 0.01)
    assert late.version == stopping.result().version
    with pytest.raises(Missing):
        await control.service.wait(control.bob, view.id, 0, 1)


async def test_the_log_tells_history_and_steps(control: Control) -> None:
    view = await control.create()
    text = await control.service.log(control.alice, view.id)
    assert "created" in text
    assert all(step.value in text for step in Step)


PUBLIC = PortSettings(visibility=Visibility.PUBLIC)
PRIVATE = PortSettings(visibility=Visibility.PRIVATE)


async def test_a_port_is_shared_and_taken_back(control: Control) -> None:
    made = await control.create()
    assert made.ports == []
    public = await control.service.set_port(control.alice, made.id, 3000, PUBLIC)
    assert [(one.port, one.visibility, one.listening) for one in public.ports] == [
        (3000, Visibility.PUBLIC, False)
    ]
    route = control.feed.route(made.id)
    assert route is not None
    assert route.ports == {3000: PortRoute(visibility="public")}
    again = await control.service.set_port(control.alice, made.id, 3000, PUBLIC)
    assert again == public
    private = await control.service.set_port(control.alice, made.id, 3000, PRIVATE)
    assert private.ports == []
    route = control.feed.route(made.id)
    assert route is not None
    assert route.ports == {}
    told = [one.text for one in await control.service.events(control.alice, made.id)]
    assert told[:2] == ["Port 3000 is private.", "Port 3000 is public."]


async def test_only_the_owner_shares_a_port_that_exists(control: Control) -> None:
    made = await control.create()
    for port in (0, -1, 65536):
        with pytest.raises(Malformed) as refused:
            await control.service.set_port(control.alice, made.id, port, PUBLIC)
        assert refused.value.code == "port_invalid"
    for who in (control.bob, NOBODY):
        with pytest.raises(Missing):
            await control.service.set_port(who, made.id, 3000, PUBLIC)
    assert (await control.see(made.id)).version == made.version
