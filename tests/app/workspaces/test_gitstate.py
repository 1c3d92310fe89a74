"""What of a workspace's repositories exists only in it, as it is kept."""

import pytest

from app.workspaces.gitstate import fully_pushed, kept, same, states_of, view_of, words_of
from app.workspaces.structs import GitView, RepositoryView
from wire.agent import Observed
from wire.git import GitState

DEMO = GitState(
    folder="demo",
    branch="main",
    commit="4f1c0a9e",
    upstream="origin/main",
    ahead=1,
    behind=2,
    uncommitted=2,
    untracked=1,
    unpushed=1,
    stashed=1,
    uncommitted_files=["a", "b"],
    untracked_files=["c"],
    unpushed_commits=["4f1c0a9: Say more"],
)


def test_what_is_kept_is_what_people_see() -> None:
    states = states_of(Observed(version=1, git=DEMO, more_git=[GitState(folder="other")]))
    held = kept(states, 7.0)
    assert view_of(held) == GitView(
        at=7.0,
        repositories=[
            RepositoryView(
                folder="demo",
                branch="main",
                commit="4f1c0a9e",
                upstream="origin/main",
                ahead=1,
                behind=2,
                uncommitted=2,
                untracked=1,
                unpushed=1,
                stashed=1,
                uncommitted_files=["a", "b"],
                untracked_files=["c"],
                unpushed_commits=["4f1c0a9: Say more"],
            ),
            RepositoryView(folder="other"),
        ],
    )
    assert same(held, states)
    assert not same(held, states[:1])


def test_nothing_told_is_nothing_kept() -> None:
    assert states_of(Observed(version=1)) == []
    assert (kept([], 7.0), view_of({}), view_of(None)) == ({}, None, None)
    assert same(None, [])


def test_what_an_instance_says_is_cut_to_size() -> None:
    long = GitState(
        folder="x" * 900, branch="\x1b[31m" + "b" * 900, uncommitted_files=["n\n" * 900] * 900
    )
    cut = states_of(Observed(version=1, git=long, more_git=[long] * 100))
    assert len(cut) == 20
    assert (len(cut[0].folder), len(cut[0].branch), len(cut[0].uncommitted_files)) == (
        200,
        255,
        100,
    )
    assert cut[0].branch.startswith("�[31m")
    assert "\n" not in cut[0].uncommitted_files[0]


@pytest.mark.parametrize(
    ("repositories", "pushed"),
    [
        ([], False),
        ([RepositoryView(branch="main", behind=3)], True),
        ([RepositoryView(), RepositoryView(stashed=1)], False),
        ([RepositoryView(unpushed=1)], False),
        ([RepositoryView(unknown="git took too long")], False),
    ],
)
def test_fully_pushed_is_only_what_is_known_to_be(
    *, repositories: list[RepositoryView], pushed: bool
) -> None:
    assert fully_pushed(GitView(at=1.0, repositories=repositories)) is pushed
    assert not fully_pushed(None)


def test_only_what_would_be_lost_is_said() -> None:
    assert words_of(RepositoryView(branch="main", behind=2)) == ""
    every = RepositoryView(uncommitted=3, untracked=2, unpushed=1, stashed=4)
    assert words_of(every) == "3 uncommitted, 2 untracked, 1 unpushed, 4 stashed"
