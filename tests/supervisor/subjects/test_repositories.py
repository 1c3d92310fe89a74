"""What of the repositories exists only here, as part of what the server is told."""

import subprocess
from pathlib import Path

from supervisor.subjects.repositories import RepositoriesSubject
from supervisor.workspace import Workspace
from tests.supervisor.samples import wish
from tests.waiting import until


def make_repository(path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)


async def test_it_is_told_from_the_checkout_on_and_at_the_end(context, tmp_path: Path):
    one = RepositoriesSubject(context)
    assert one.observed() == {"git": None, "more_git": [], "git_final": False}
    await one.last()
    path = tmp_path / "demo"
    make_repository(path)
    wanted = wish(repository=str(path))
    context.desired = wanted
    one.all._first = 0.0
    context.spawn(one.follow(wanted), name="git")
    await until(lambda: one.all.states)
    assert one.observed()["git"].branch == "main"
    context.ending = True
    (path / "new").write_text("")
    await one.last()
    assert one.observed()["git"].untracked_files == ["new"]
    assert one.observed()["git_final"]


def test_it_is_one_of_a_workspaces_subjects(settings):
    made = Workspace(settings, "token", 0.0)
    assert any(isinstance(one, RepositoriesSubject) for one in made.subjects)
