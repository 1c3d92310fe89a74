"""How what exists only in a workspace is said."""

import pytest

from app.workspaces.gitlooks import GitLook, NamesLook
from app.workspaces.structs import GitView, RepositoryView


def look(*repositories: RepositoryView) -> GitLook:
    return GitLook(GitView(at=7.0, repositories=list(repositories)))


def test_a_row_has_all_together_and_the_first_ones_branch() -> None:
    first = RepositoryView(branch="main", commit="4f1c", upstream="origin/main", unpushed=1)
    found = look(first, RepositoryView(branch="dev", uncommitted=2, unpushed=2))
    assert (found.branch, found.words, found.at) == ("main", "2 uncommitted, 3 unpushed", 7.0)
    nothing = GitLook(None)
    assert (nothing.branch, nothing.where, nothing.words, nothing.at) == ("", "", "", 0.0)
    assert (nothing.repositories, nothing.lost, look().words) == ([], [], "")


@pytest.mark.parametrize(
    ("changes", "short", "where"),
    [
        ({}, "main", "main"),
        ({"ahead": 1}, "main ↑1", "main, 1 ahead of origin/main"),
        ({"behind": 2}, "main ↓2", "main, 2 behind origin/main"),
        ({"ahead": 1, "behind": 2}, "main ↑1 ↓2", "main, 1 ahead of and 2 behind origin/main"),
        ({"upstream": ""}, "main", "main, follows no remote branch"),
        ({"branch": "", "upstream": ""}, "4f1c0a9e", "detached at 4f1c0a9e"),
        ({"commit": ""}, "main", "main, no commit yet"),
        ({"commit": "", "branch": ""}, "", "no branch, no commit yet"),
    ],
)
def test_where_a_repository_stands(changes: dict[str, object], short: str, where: str) -> None:
    about = {"branch": "main", "commit": "4f1c0a9e77b2", "upstream": "origin/main", **changes}
    found = look(RepositoryView(**about))  # type: ignore[arg-type] # of a table
    assert (found.branch, found.where) == (short, where)


def test_a_question_names_a_few_and_a_page_all() -> None:
    files = [f"f{number}" for number in range(100)]
    one = RepositoryView(
        folder="demo",
        uncommitted=130,
        uncommitted_files=files,
        unpushed=1,
        unpushed_commits=["4f1c0a9: Say more"],
        untracked=1,
        untracked_files=["new"],
        stashed=2,
    )
    found = look(one, RepositoryView(folder="clean"), RepositoryView(unknown="git took too long"))
    assert [one.folder for one in found.repositories] == ["demo", "clean", ""]
    assert [one.unknown for one in found.lost] == ["", "git took too long"]
    assert found.lost[0].lost == [
        NamesLook("1 commit not pushed", ["4f1c0a9: Say more"], 0),
        NamesLook("130 files not committed", files[:5], 125),
        NamesLook("1 file new to git", ["new"], 0),
        NamesLook("2 stashes", [], 0),
    ]
    assert found.repositories[0].lost[1] == NamesLook("130 files not committed", files, 30)
