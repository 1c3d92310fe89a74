"""What of a workspace's repositories exists only in it, on a terminal."""

from typing import Any

from cli.commands.repositories import git_lines, lost_lines

CLEAN: dict[str, Any] = {
    **dict.fromkeys(("uncommitted", "untracked", "unpushed", "stashed", "ahead", "behind"), 0),
    **{name: [] for name in ("uncommitted_files", "untracked_files", "unpushed_commits")},
    **dict.fromkeys(("folder", "branch", "commit", "upstream", "unknown"), ""),
}


def view(*repositories: dict[str, Any]) -> dict[str, Any]:
    return {"name": "demo", "git": {"at": 1.0, "repositories": [*repositories]}}


def test_each_repository_has_a_line() -> None:
    work = {**CLEAN, "folder": "demo", "branch": "main", "ahead": 1, "behind": 2, "unpushed": 1}
    detached = {**CLEAN, "commit": "4f1c0a9e77b2", "unknown": "git took too long"}
    assert git_lines(view(work, {**CLEAN, "folder": "lib"}, detached)) == [
        "  git         demo main +1 -2: 1 commit not pushed",
        "  git         lib no branch: nothing only here",
        "  git         4f1c0a9e: not all is known, git took too long",
    ]
    assert git_lines({"name": "demo", "git": None}) == git_lines({"name": "demo"}) == []


def test_before_a_deletion_names_are_told() -> None:
    files = [f"f{number}" for number in range(9)]
    work = {**CLEAN, "uncommitted": 9, "uncommitted_files": files, "stashed": 2}
    assert lost_lines(view(CLEAN, work)) == [
        "  Only here, in demo: 9 files not committed, 2 stashes",
        *(f"      f{number}" for number in range(5)),
        "      and 4 more",
    ]
