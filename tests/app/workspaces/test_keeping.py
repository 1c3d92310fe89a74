"""What is said of clean-up agrees with what it does."""

from itertools import product

import pytest

from app.workspaces.cleaning import Ages, Step, decide, facts_of
from app.workspaces.gitstate import kept
from app.workspaces.keeping import kept_because
from app.workspaces.views import workspace_view
from tests.app.workspaces.control import HOSTS, Control
from tests.app.workspaces.test_looks import view
from wire.git import GitState
from wire.phases import Phase

PROBLEM = {"code": "disk_full_backup", "title": "There is no space for the backup"}


async def test_a_reason_is_given_exactly_when_it_stays(control: Control) -> None:
    async with control.reconciling():
        workspace = (await control.create()).id
        await control.run(workspace)
        await control.service.stop(control.alice, workspace)
        await control.at(workspace, Phase.STOPPED)
    async with control.store.change() as change:
        row = await change.workspace(workspace)
        assert row is not None
        instance = await change.newest(row)
        assert instance is not None
        ides = control.store.ides
        said = set()
        for pinned, unpushed, final, problem, excludes, forced in product(
            (False, True), (0, 2), (True, False), (None, PROBLEM), ([], ["dist"]), (False, True)
        ):
            row.pinned, row.backup_problem, row.backup_excludes = pinned, problem, excludes
            instance.forced, instance.stop_reason = forced, "forced" if forced else "requested"
            git = GitState(folder="demo", branch="main", unpushed=unpushed)
            row.git = kept([git], 0.0, final=final)
            goes = decide(facts_of(row, instance), Ages(archive=1.0), row.phase_since + 2.0)
            why = kept_because(workspace_view(row, instance, HOSTS, ides))
            assert (goes is Step.ARCHIVE) == (why == ""), why
            said.add(why)
        assert {"it is pinned", "2 unpushed in git only here"} <= said
        row.git = {}
        assert kept_because(workspace_view(row, instance, HOSTS, ides)) != ""
        row.wish = "deleted"
        assert kept_because(workspace_view(row, instance, HOSTS, ides)) == ""


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.PENDING])
def test_of_what_lives_nothing_is_said(phase: Phase) -> None:
    assert kept_because(view(phase)) == ""
