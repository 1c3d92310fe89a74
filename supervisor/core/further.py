"""Further repositories of a workspace: where each goes, and what of it is checked out. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from supervisor.core.commands import GUARD
from supervisor.core.config import Repository
from wire.agentrepository import RepositoryFound

MOST = 20
"""Repositories of a file that are cloned."""
CLONES = ".podium/clones"
"""Folder below /workspace in which a clone grows until it is moved to its place."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_PULL = re.compile(r"refs/(pull|pull-requests|merge-requests)/([1-9][0-9]*)/[a-z]+", re.ASCII)
_HEADS, _TAGS = "refs/heads/", "refs/tags/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is checked out: of the three at most one, nothing is the remote's own branch."""

    name: str = ""
    """Branch or tag."""
    commit: str = ""
    pull: str = ""
    """Ref of a pull request."""

    @property
    def branch(self) -> str:
        """Local branch of a pull request (`refs/pull/7/head` → `pull/7`)."""
        found = _PULL.fullmatch(self.pull)
        return f"{found[1]}/{found[2]}" if found else ""


def place_of(asked: Repository, found: RepositoryFound) -> str:
    """Return the folder below /workspace, empty where it cannot be one."""
    parts = [one for one in (asked.location or found.folder).split("/") if one not in {"", "."}]
    if ".." in parts or ".git" in parts or not parts or parts[0] == ".podium":
        return ""
    return "/".join(parts)


def list_refs(url: str) -> list[str]:
    """Return the command that lists branches and tags, for `wanted`."""
    return ["git", *GUARD, "ls-remote", "--heads", "--tags", "--", url]


def wanted(ref: str, beside: str, listed: Iterable[str]) -> Wanted | None:
    """Return what of a repository is wanted; None where it has nothing of that name.

    `beside` is the branch of the repository that was opened: one of the same name is wanted where
    the address names none.
    """
    if _COMMIT.fullmatch(ref):
        return Wanted(commit=ref)
    if _PULL.fullmatch(ref):
        return Wanted(pull=ref)
    names = {line.partition("\t")[2] for line in listed}
    if not ref:
        return Wanted(name=beside if f"{_HEADS}{beside}" in names else "")
    words = ref.split("/")
    for count in range(len(words), 0, -1):
        name = "/".join(words[:count])
        if f"{_HEADS}{name}" in names or f"{_TAGS}{name}" in names:
            return Wanted(name=name)
        if count == 1 and _COMMIT.fullmatch(name):
            return Wanted(commit=name)
    return None


def clone_commands(url: str, place: str, what: Wanted) -> list[list[str]]:
    """Return the commands that make a whole clone at an absolute path, in order."""
    branch = ["--branch", what.name] if what.name else []
    git = ["git", *GUARD, "-C", place]
    commands = [["git", *GUARD, "clone", "--progress", *branch, "--", url, place]]
    if what.commit:
        commands.append([*git, "fetch", "--quiet", "origin", what.commit])
        commands.append([*git, "checkout", "--quiet", "--detach", what.commit])
    elif what.pull:
        commands.append(
            [*git, "fetch", "--quiet", "origin", f"+{what.pull}:refs/heads/{what.branch}"]
        )
        commands.append([*git, "checkout", "--quiet", what.branch])
    return commands
