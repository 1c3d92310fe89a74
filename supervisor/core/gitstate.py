"""What of a repository exists only here, read from git's own words. Pure.

git is asked with everything off that runs other programs or writes, and what it says is read
piece by piece: a repository may have a million files that nobody ever added.
"""

import re
from collections.abc import Mapping, Sequence

from supervisor.core.commands import GUARD
from wire.git import LONGEST_NAME, MOST_NAMES, GitState

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_PATHS_BEHIND = {"1": 8, "2": 9, "u": 10, "?": 1}
"""Kind of an entry → words in front of its path."""
_UNREADABLE = "warning: could not open directory"
PROGRAMS = "its settings name programs of their own, which run only with your trust"
_ALWAYS = "core.repositoryformatversion"
_LARGE = {
    b"filter.lfs.clean": {b"git-lfs clean -- %f"},
    b"filter.lfs.smudge": {b"git-lfs smudge -- %f", b"git-lfs smudge --skip -- %f"},
    b"filter.lfs.process": {b"git-lfs filter-process", b"git-lfs filter-process --skip"},
    b"filter.lfs.required": {b"true"},
    _ALWAYS.encode(): {b"0", b"1"},
}
"""What may be set: Git LFS as it installs itself, and what every repository has."""


def quiet(environment: Mapping[str, str], *, careful: bool = False) -> dict[str, str]:
    """Return the environment of a look: it takes no lock, asks nobody, and fetches nothing.

    What a person says to git by variables is about their own commands. `careful`: not even an
    old git may fetch what is missing, since `.git` may name the program that it would do it with.
    """
    own = {name: value for name, value in environment.items() if not name.startswith("GIT_")}
    return {
        **own,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CEILING_DIRECTORIES": "/workspace",
        "LC_ALL": "C",
        **({"GIT_ALLOW_PROTOCOL": "none"} if careful else {}),
    }


def programs_command(path: str) -> list[str]:
    """Return the command for `runs_programs`; it ends with 0 in every repository."""
    wanted = rf"^(filter|lfs\.extension)\.|^{_ALWAYS}$"
    return ["git", *GUARD, "-C", path, "config", "-z", "--get-regexp", wanted]


def runs_programs(said: bytes) -> bool:
    """Tell whether a status could run a program that the repository's own settings name.

    A clone has none; a snapshot's `.git` is as somebody else has left it.
    """
    entries = (one.partition(b"\n") for one in said.split(b"\0") if one)
    return any(value not in _LARGE.get(name, ()) for name, _newline, value in entries)


def status_command(path: str, *, careful: bool = False) -> list[str]:
    """Return the command for `Porcelain`.

    Renames are not looked for: that reads files, which a partial clone would have to fetch.
    `careful`: submodules, which have settings of their own, are not looked into.
    """
    git = ["git", "--no-optional-locks", *GUARD, "-C", path]
    asked = ["--porcelain=v2", "-z", "--branch", "--show-stash", "--untracked-files=all"]
    parts = ["--ignore-submodules=dirty"] if careful else []
    return [*git, "status", *asked, "--no-renames", *parts]


def log_command(path: str, *, born: bool, pushed: str = "") -> list[str]:
    """Return the command that writes the first commits that no remote branch has, for `Names`.

    `born` tells whether HEAD has a commit, `pushed` is one that the git host has in any case.
    """
    asked = ["log", "-z", "--no-color", "--no-decorate", "--format=%h: %s"]
    git = ["git", *GUARD, "-c", "log.showSignature=false", "-C", path]
    return [*git, *asked, f"--max-count={MOST_NAMES}", *_unpushed(born=born, pushed=pushed)]


def count_command(path: str, *, born: bool, pushed: str = "") -> list[str]:
    """Return the command that counts all of those commits."""
    git = ["git", *GUARD, "-C", path]
    return [*git, "rev-list", "--count", *_unpushed(born=born, pushed=pushed)]


def _unpushed(*, born: bool, pushed: str) -> list[str]:
    head = ["HEAD"] if born else []
    known = [pushed] if _COMMIT.fullmatch(pushed) else []
    return ["--ignore-missing", *head, "--branches", "--not", "--remotes", *known, "--"]


class Pieces:
    """Output in which every entry ends with a NUL, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take in the next piece."""
        *entries, self._rest = (self._rest + data).split(b"\0")
        for one in entries:
            self._entry(one)

    def _entry(self, entry: bytes) -> None:
        raise NotImplementedError


class Names(Pieces):
    """Counts entries and keeps the first ones."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.first: list[str] = []

    def add(self, name: bytes) -> None:
        """Count one."""
        self.count += 1
        if len(self.first) < MOST_NAMES:
            self.first.append(_text(name))

    def _entry(self, entry: bytes) -> None:
        self.add(entry)


class Porcelain(Pieces):
    """What `git status --porcelain=v2 -z` says of a repository."""

    def __init__(self) -> None:
        super().__init__()
        self.about: dict[str, str] = {}
        """Headers: `branch.head` and the like → what stands behind it."""
        self.changes = Names()
        self.untracked = Names()
        self._old_name = False

    def _entry(self, entry: bytes) -> None:
        if self._old_name:  # of a file that was moved
            self._old_name = False
            return
        kind = entry[:1].decode("ascii", "replace")
        if kind == "#":
            name, _space, value = _text(entry[2:]).partition(" ")
            self.about[name] = value
        elif kind in _PATHS_BEHIND:
            words = entry.split(b" ", _PATHS_BEHIND[kind])
            names = self.untracked if kind == "?" else self.changes
            names.add(words[-1])
            self._old_name = kind == "2"

    @property
    def commit(self) -> str:
        """Id that HEAD stands on; empty before the first commit."""
        found = self.about.get("branch.oid", "")
        return found if _COMMIT.fullmatch(found) else ""

    def state(self, folder: str, commits: Names, unpushed: int, unknown: str = "") -> GitState:
        """Return all of it."""
        head = self.about.get("branch.head", "")
        ahead, behind = _ahead_behind(self.about.get("branch.ab", ""))
        return GitState(
            folder=folder,
            branch="" if head == "(detached)" else head,
            commit=self.commit,
            upstream=self.about.get("branch.upstream", ""),
            ahead=ahead,
            behind=behind,
            uncommitted=self.changes.count,
            untracked=self.untracked.count,
            unpushed=unpushed,
            stashed=_number(self.about.get("stash", "")),
            uncommitted_files=self.changes.first,
            untracked_files=self.untracked.first,
            unpushed_commits=commits.first,
            unknown=unknown,
        )


def why(said: str, code: int) -> str:
    """Return why a look is incomplete, from what git complained of; empty when it is whole."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    unreadable = [line for line in lines if line.startswith(_UNREADABLE)]
    if code == 0:
        return unreadable[0].removeprefix("warning: ")[:LONGEST_NAME] if unreadable else ""
    if code < 0:
        return "git took too long"
    blamed = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines[-1:]
    return (blamed[0] if blamed else f"git ended with {code}")[:LONGEST_NAME]


def stamps(branch: str, upstream: str) -> Sequence[str]:
    """Return the files below `.git` of which one changes with each commit, switch and push."""
    return [
        "HEAD",
        "index",
        "packed-refs",
        "logs/HEAD",
        "logs/refs/stash",
        *([f"refs/heads/{branch}"] if branch else []),
        *([f"refs/remotes/{upstream}"] if upstream else ["refs/remotes/origin"]),
    ]


def _ahead_behind(text: str) -> tuple[int, int]:
    ahead, _space, behind = text.partition(" ")
    return _number(ahead.removeprefix("+")), _number(behind.removeprefix("-"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _text(name: bytes) -> str:
    return name[: 4 * LONGEST_NAME].decode(errors="replace")[:LONGEST_NAME]
