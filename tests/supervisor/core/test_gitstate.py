"""What of a repository exists only here."""

import pytest

from supervisor.core.gitstate import (
    Names,
    Porcelain,
    count_command,
    log_command,
    programs_command,
    quiet,
    runs_programs,
    stamps,
    status_command,
    why,
)
from wire.git import MOST_NAMES, GitState

COMMIT = "4f1c0a9e77b2d6c85e3390aa1b7d5c2f60918e34"
STATUS = f"""\
# branch.oid {COMMIT}
# branch.head feature/x
# branch.upstream origin/feature/x
# branch.ab +2 -1
# stash 3
1 .M N... 100644 100644 100644 a b docs/READ ME.md
2 R. N... 100644 100644 100644 a b R100 new
old
u UU N... 100644 100644 100644 100644 a b c conflict
? unt racked
! ignored
""".replace("\n", "\0").encode()


def read(text: bytes, size: int = 0) -> Porcelain:
    made = Porcelain()
    for begin in range(0, len(text), size or len(text) or 1):
        made.feed(text[begin : begin + (size or len(text))])
    return made


@pytest.mark.parametrize("size", [0, 1, 7])
def test_files_and_branch_are_read_in_pieces_of_any_size(size: int):
    commits = Names()
    commits.feed(b"4f1c0a9: One\0aaaaaaa: Two\0")
    assert read(STATUS, size).state("demo", commits, 2) == GitState(
        folder="demo",
        branch="feature/x",
        commit=COMMIT,
        upstream="origin/feature/x",
        ahead=2,
        behind=1,
        uncommitted=3,
        untracked=1,
        unpushed=2,
        stashed=3,
        uncommitted_files=["docs/READ ME.md", "new", "conflict"],
        untracked_files=["unt racked"],
        unpushed_commits=["4f1c0a9: One", "aaaaaaa: Two"],
    )


def test_without_a_branch_or_commits_it_says_less():
    fresh = read(b"# branch.oid (initial)\0# branch.head main\0")
    assert (fresh.commit, fresh.state("", Names(), 0)) == ("", GitState(branch="main"))
    assert read(b"# branch.head (detached)\0").state("", Names(), 0) == GitState()
    odd = read(b"# branch.ab x y\0# stash many\0# branch.oid ../../etc\0\0")
    assert odd.state("", Names(), 0) == GitState()


def test_all_are_counted_and_the_first_are_named():
    found = read(b"".join(b"? %d\0" % number for number in range(250)))
    assert found.untracked.count == 250
    assert found.untracked.first == [str(number) for number in range(MOST_NAMES)]
    long = read(b"? " + b"\xff" * 10_000 + b"\0")
    assert [len(one) for one in long.untracked.first] == [200]


def test_no_lock_is_taken_and_nothing_of_the_repository_runs():
    assert "--no-optional-locks" in status_command("/w")
    commands = (
        status_command("/w"),
        log_command("/w", born=True),
        count_command("/w", born=True),
    )
    for command in commands:
        assert "core.fsmonitor=false" in command
        assert "core.hooksPath=/dev/null" in command
    asked = quiet({"HOME": "/home/gitpod", "GIT_DIR": "/elsewhere", "GIT_TRACE": "1"})
    assert (asked["HOME"], asked["GIT_OPTIONAL_LOCKS"]) == ("/home/gitpod", "0")
    assert {"GIT_DIR", "GIT_TRACE"}.isdisjoint(asked)


def test_what_the_host_has_in_any_case_is_left_out():
    *_, revisions = log_command("/w", born=True, pushed=COMMIT)[-6:], count_command("/w", born=True)
    assert log_command("/w", born=True, pushed=COMMIT)[-2:] == [COMMIT, "--"]
    assert revisions[-5:] == ["HEAD", "--branches", "--not", "--remotes", "--"]
    assert "HEAD" not in log_command("/w", born=False)
    assert "--all" not in log_command("/w", born=True, pushed="--all")


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("", 0, ""),
        ("hint: x", 0, ""),
        ("warning: could not open directory 'a/': Permission denied", 0, "could not open dir"),
        ("hint: x\nfatal: detected dubious ownership\n", 128, "fatal: detected dubious"),
        ("", 3, "git ended with 3"),
        ("", -9, "git took too long"),
    ],
)
def test_a_look_that_is_not_whole_says_why(said: str, code: int, told: str):
    assert why(said, code).startswith(told)
    assert bool(why(said, code)) == bool(told)


def test_what_commits_and_pushes_change_is_known():
    assert {"HEAD", "index", "refs/heads/a/b"} < set(stamps("a/b", "origin/a/b"))
    assert "refs/remotes/origin/a/b" in stamps("a/b", "origin/a/b")
    assert "refs/remotes/origin" in stamps("", "")


def test_without_trust_only_what_every_repository_and_git_lfs_set_is_let_pass():
    known = b"core.repositoryformatversion\n0\0filter.lfs.process\ngit-lfs filter-process\0"
    assert not runs_programs(known)
    for odd in (
        b"filter.lfs.clean\nsh -c x\0",
        b"filter.a=b.clean\ncat\0",
        b"filter.a.smudge\0",
        b"lfs.extension.a.clean\ncat\0",
    ):
        assert runs_programs(known + odd)
    assert "--get-regexp" in programs_command("/workspace/demo")
    assert "--ignore-submodules=dirty" in status_command("/workspace/demo", careful=True)
    assert quiet({}, careful=True)["GIT_ALLOW_PROTOCOL"] == "none"
    assert "GIT_ALLOW_PROTOCOL" not in quiet({})
