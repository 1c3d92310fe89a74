"""What nobody uses and is fully pushed goes, announced first."""

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import update

from app.db.workspaces import WorkspaceRow
from app.workspaces.archiving import is_freeing
from app.workspaces.cleaning import NOTICE, Ages, Cleaning, Facts, Step, decide, notice_of
from app.workspaces.structs import ChangeWorkspace, WorkspaceView
from app.workspaces.upkeep import Upkeep
from tests.app.workspaces.control import DONE, Control
from wire.agent import Observed
from wire.git import GitState
from wire.phases import Phase

DAY = 86_400.0
AFTER = 14 * DAY
IDLE = Facts(unused=True, pinned=False, pushed=True, since=0.0, due=None)
WRONG = {"unused": False, "pinned": True, "pushed": False, "backed": False}


@pytest.mark.parametrize(
    ("changes", "day", "step"),
    [
        ({}, 10.9, Step.LEAVE),
        ({}, 11.0, Step.ANNOUNCE),
        ({}, 400.0, Step.ANNOUNCE),
        ({"due": 14 * DAY}, 13.9, Step.LEAVE),
        ({"due": 14 * DAY}, 14.0, Step.DELETE),
        ({"due": 403 * DAY}, 402.0, Step.LEAVE),
        ({"due": 10 * DAY}, 20.0, Step.WITHDRAW),
        *(({one: wrong}, 400.0, Step.LEAVE) for one, wrong in WRONG.items()),
        *(({one: wrong, "due": 14 * DAY}, 400.0, Step.WITHDRAW) for one, wrong in WRONG.items()),
    ],
)  # fmt: skip
def test_only_what_is_sure_to_be_elsewhere_goes(
    changes: dict[str, object], day: float, step: Step
) -> None:
    facts = replace(IDLE, **changes)  # type: ignore[arg-type] # of a table
    assert decide(facts, Ages(delete=AFTER), day * DAY) is step


@pytest.mark.parametrize(
    ("changes", "day", "step"),
    [
        ({}, 29.9, Step.LEAVE),
        ({}, 30.0, Step.ARCHIVE),
        ({"whole": False}, 400.0, Step.LEAVE),
        ({"due": 400 * DAY}, 30.0, Step.WITHDRAW),
        *(({one: wrong}, 400.0, Step.LEAVE) for one, wrong in WRONG.items()),
    ],
)
def test_what_is_sure_to_be_elsewhere_is_archived(
    changes: dict[str, object], day: float, step: Step
) -> None:
    facts = replace(IDLE, **changes)  # type: ignore[arg-type] # of a table
    assert decide(facts, Ages(archive=30 * DAY), day * DAY) is step


def test_a_deletion_is_announced_of_what_is_archived_too() -> None:
    ages = Ages(archive=30 * DAY, delete=60 * DAY)
    assert decide(IDLE, ages, 58 * DAY) is Step.ANNOUNCE
    announced = replace(IDLE, due=61 * DAY)
    assert decide(announced, ages, 58 * DAY) is Step.ARCHIVE
    assert decide(replace(announced, whole=False), ages, 58 * DAY) is Step.LEAVE
    assert decide(replace(announced, whole=False), ages, 61 * DAY) is Step.DELETE


def test_nothing_is_ever_done_to_what_may_be_only_here_or_is_wanted() -> None:
    """Over every combination of facts, ages and moments."""
    flags = list(product((True, False), repeat=5))
    moments = [0.0, DAY, 30 * DAY, 57 * DAY, 60 * DAY, 400 * DAY]
    dues = [None, 30 * DAY, 60 * DAY, 500 * DAY]
    times = [None, 2 * DAY, 30 * DAY, 60 * DAY]
    for (unused, pinned, pushed, backed, whole), due, archive, delete, now in product(
        flags, dues, times, times, moments
    ):
        facts = Facts(unused, pinned, pushed, 0.0, due, backed, whole)
        step = decide(facts, Ages(archive, delete), now)
        surely = unused and not pinned and pushed and backed
        if step is Step.ARCHIVE:
            assert surely
            assert whole
            assert archive is not None
            assert now >= archive
        if step in {Step.ANNOUNCE, Step.DELETE}:
            assert surely
            assert delete is not None
            assert now >= delete - notice_of(delete)
        if step is Step.DELETE:
            assert due is not None  # announced
            assert now >= due >= (delete or 0.0)
        if not surely:
            assert step is (Step.LEAVE if due is None else Step.WITHDRAW)


def test_off_is_off_and_takes_back_what_was_announced() -> None:
    assert decide(IDLE, Ages(), 400 * DAY) is Step.LEAVE
    assert decide(replace(IDLE, due=14 * DAY), Ages(), 400 * DAY) is Step.WITHDRAW


def test_a_short_time_has_a_shorter_notice() -> None:
    assert (notice_of(AFTER), notice_of(2 * DAY)) == (NOTICE, DAY)


async def stopped(control: Control, *, final: bool, unpushed: int = 0) -> str:
    """Return the id of a workspace that was used and stopped."""
    made = await control.create()
    name = f"{made.id}.1"
    await control.run(made.id)
    git = GitState(folder="demo", branch="main", unpushed=unpushed)
    await control.agents.observed(name, Observed(version=2, checkout=DONE, ide=DONE, git=git))
    await control.service.stop(control.alice, made.id)
    await control.agents.observed(name, Observed(version=3, git=git, git_final=final))
    await control.at(made.id, Phase.STOPPED)
    return made.id


async def look(control: Control, days: float, after: float | None = AFTER) -> None:
    control.clock.advance(days * DAY)
    await Cleaning(control.store, Ages(delete=after)).look()


async def see(control: Control, workspace: str) -> WorkspaceView:
    return await control.see(workspace)


async def test_it_is_announced_and_deleted_when_nobody_cares(control: Control) -> None:
    async with control.reconciling():
        name = await stopped(control, final=True)
        await look(control, 5)
        assert (await see(control, name)).cleanup_at is None
        await look(control, 100)
        due = (await see(control, name)).cleanup_at
        assert due == control.clock.now() + NOTICE  # never without its notice
        told = (await control.service.events(control.alice, name))[0].text
        assert told.startswith("To be deleted in 3 days unless it is used or pinned: ")
        await look(control, 2)
        assert not (await see(control, name)).deleting
    await look(control, 2)
    assert (await see(control, name)).deleting
    told = (await control.service.events(control.alice, name))[0].text
    assert told == "Deleted: not used for 14 days, and fully pushed."


async def test_use_and_a_pin_take_it_back(control: Control) -> None:
    upkeep = Upkeep(control.store, control.service)
    async with control.reconciling():
        name = await stopped(control, final=True)
        await look(control, 100)
        await upkeep.change(control.alice, name, ChangeWorkspace(pinned=True))
        assert (await see(control, name)).cleanup_at is None
        await look(control, 100)
        assert (await see(control, name)).cleanup_at is None
        await upkeep.change(control.alice, name, ChangeWorkspace(pinned=False))
        await look(control, 0)
        assert (await see(control, name)).cleanup_at is not None
        await look(control, 0, after=None)
        assert (await see(control, name)).cleanup_at is None
        await look(control, 0)
        view = await control.service.start(control.alice, name)
        assert view.cleanup_at is None


@pytest.mark.parametrize(("final", "unpushed"), [(False, 0), (True, 1)])
async def test_what_may_be_only_here_stays(control: Control, *, final: bool, unpushed: int) -> None:
    async with control.reconciling():
        name = await stopped(control, final=final, unpushed=unpushed)
    await look(control, 400)
    assert (await see(control, name)).cleanup_at is None


async def test_people_work_in_it_again(control: Control) -> None:
    async with control.reconciling():
        name = await stopped(control, final=True)
        await control.service.start(control.alice, name)
        await control.run(name)
        git = (await see(control, name)).git
        assert git is not None
        assert not git.final


async def test_it_is_archived_and_says_why_it_is_not(control: Control) -> None:
    """What restore points leave out would be lost with the node's copy, and nobody was asked."""
    async with control.reconciling():
        name = await stopped(control, final=True)
    control.clock.advance(31 * DAY)
    cleaning = Cleaning(control.store, Ages(archive=30 * DAY))
    async with control.database.write() as session:
        await session.execute(update(WorkspaceRow).values(backup_excludes=["node_modules"]))
    await cleaning.look()
    assert (await see(control, name)).archived_at is None
    async with control.database.write() as session:
        await session.execute(update(WorkspaceRow).values(backup_excludes=[]))
    await cleaning.look()
    view = await see(control, name)
    assert view.archived_at == control.clock.now()
    assert not view.archived
    told = (await control.service.events(control.alice, name))[0].text
    assert told == "To be archived: not used for 31 days, and pushed."
    async with control.database.read() as session:
        assert not is_freeing(await session.get_one(WorkspaceRow, name))
