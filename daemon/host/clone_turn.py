"""The second half of a clone: HEAD is turned to what was asked for; nothing is checked out.

Runs in the clone helper, as uid 33333 in git's small root. What cannot be found is
said on stderr in git's own words, so that `core.clone.explain` knows it.
"""

import os
import subprocess
import sys
from typing import Any, Final

from daemon.core.place import Place, Turn, resolve

_BRANCHES = "refs/remotes/origin/"
_TAGS = "refs/tags/"
_HEAD = "ref: refs/heads/"
_CONFIGS = (
    ".gitpod.yml",
    ".gitpod",
    ".devcontainer/devcontainer.json",
    ".devcontainer.json",
)
"""Files that say what a workspace is like, of which the first counts alone."""
LARGEST_CONFIG = 32 * 1024
"""Bytes of it that are told."""
LARGEST_TEXT = 64 * 1024
"""Bytes of a file that is looked at."""
_LAST_WORDS: Final = 4096
"""Bytes of what a command said that are kept."""


class Git:
    """git in one folder.

    A file beyond the limit is to be an error that git tells, not a signal: that is why
    Python's ignoring of SIGXFSZ is left as it is for what writes.
    """

    def __init__(self, environment: dict[str, str], folder: str) -> None:
        self.environment = environment
        self._folder = folder

    def run(self, command: list[str], *, given: str = "", quiet: bool = False) -> bool:
        """Run a command to its end; tells whether it went well."""
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self.environment,
            input=given.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quiet else None,
            restore_signals=False,
            check=False,
        )
        return done.returncode == 0

    def follow(self, command: list[str]) -> tuple[bool, str]:
        """Run a command to its end; tells whether it went well, and its last words."""
        with subprocess.Popen(
            command,
            cwd=self._folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            restore_signals=False,
        ) as process:
            assert process.stderr is not None
            said = b""
            while data := os.read(process.stderr.fileno(), 65536):
                sys.stderr.buffer.write(data)
                sys.stderr.buffer.flush()
                said = (said + data)[-_LAST_WORDS:]
        return process.returncode == 0, said.decode(errors="replace")

    def answer(
        self, command: list[str], given: str = "", seconds: float | None = None
    ) -> str | None:
        """Return what a command prints; None when it fails, which git tells on stderr.

        Raises subprocess.TimeoutExpired.
        """
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self.environment,
            input=given,
            stdout=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
            timeout=seconds,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None

    def ask(self, *arguments: str) -> str:
        """Return what git prints, empty when it fails."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self._folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def branch(self) -> str:
        """Return the branch that HEAD is at, empty when it is at none.

        Read from the file, of a clone that was made just now: a process takes longer.
        """
        with open(f"{self._folder}/.git/HEAD", errors="surrogateescape") as file:  # noqa: PTH123 -- pathlib costs this process 4 ms
            head = file.read().strip()
        return head[len(_HEAD) :] if head.startswith(_HEAD) else ""

    def beginning(self, blob: str, most: int) -> bytes:
        """Return at most so many bytes of a blob."""
        with subprocess.Popen(
            ["git", "cat-file", "blob", blob],
            cwd=self._folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            return process.stdout.read(most)


def turn(git: Git, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Turn HEAD of a fresh clone; returns revision, branch and path, None when it cannot be."""
    path = wanted["path"]
    if wanted["place"]:
        place = _find(git, wanted["place"])
        if place is None or not _turn_to(git, place):
            _say_unknown(wanted["place"])
            return None
        path = place.path
    elif wanted["commit"]:
        if not _has_commit(git, wanted["commit"]) and not git.run(wanted["fetch"]):
            return None
        if not _detach(git, wanted["commit"]):
            return None
    elif wanted["fetch"]:
        if not git.run(wanted["fetch"]):
            return None
        _switch(git, wanted["branch"])
    revision, config = _known(git)
    return {
        "revision": revision,
        "branch": git.branch(),
        "path": _known_path(git, path),
        "config": config,
    }


def fill(git: Git, command: list[str]) -> bool:
    """Get the files of HEAD into a partial clone, so that the checkout needs no git host."""
    listed = git.ask("rev-list", "--objects", "--missing=print", "HEAD^{tree}")
    missing = [line[1:] for line in listed.splitlines() if line.startswith("?")]
    return not missing or git.run(command, given="\n".join(missing) + "\n")


def look(git: Git, revision: str, paths: list[str]) -> list[dict[str, Any]]:
    """Return what is at paths of a commit: id, whether it is a folder, a file's beginning.

    A link is nothing: its id would say where it leads, and not what is there.
    """
    links = _links(git, revision, [one for one in paths if one])
    wanted = "".join(f"{revision}:{path}\n" for path in paths)
    told = git.answer(["git", "cat-file", "--batch-check"], wanted) or ""
    found: list[dict[str, Any]] = []
    for path, line in zip(paths, told.splitlines(), strict=False):
        words = line.split(" ")
        kind = words[1] if words[-1].isdecimal() and path not in links else ""
        text = git.beginning(words[0], LARGEST_TEXT) if kind == "blob" else b""
        found.append(
            {
                "id": words[0] if kind in {"blob", "tree"} else "",
                "folder": kind == "tree",
                "text": text.decode(errors="replace").replace("\0", ""),
            }
        )
    return found + [{}] * (len(paths) - len(found))


def _links(git: Git, revision: str, paths: list[str]) -> set[str]:
    listing = ["git", "--literal-pathspecs", "ls-tree", "-z", "--full-tree", revision, "--"]
    listed = (git.answer([*listing, *paths]) or "") if paths else ""
    entries = (one.partition("\t") for one in listed.split("\0"))
    return {path for meant, _tab, path in entries if meant.startswith("120000 ")}


def _find(git: Git, place: str) -> Place | None:
    told = git.ask("for-each-ref", "--format=%(refname)", _BRANCHES, _TAGS).splitlines()
    branches = {name[len(_BRANCHES) :] for name in told if name.startswith(_BRANCHES)} - {"HEAD"}
    tags = {name[len(_TAGS) :] for name in told if name.startswith(_TAGS)}
    return resolve(place, branches, tags)


def _turn_to(git: Git, place: Place) -> bool:
    match place.turn:
        case Turn.DEFAULT:
            return True
        case Turn.BRANCH:
            if git.branch() == place.name:
                return True
            made = git.run(["git", "branch", "--track", place.name, f"{_BRANCHES}{place.name}"])
            return made and _switch(git, place.name)
        case Turn.TAG:
            return _detach(git, f"{_TAGS}{place.name}^{{commit}}")
        case Turn.COMMIT:
            return _detach(git, f"{place.name}^{{commit}}")


def _switch(git: Git, branch: str) -> bool:
    """Make the branch the current one, and the only one, as `git clone --branch` would."""
    default = git.branch()
    if not git.run(["git", "symbolic-ref", "HEAD", f"refs/heads/{branch}"]):
        return False
    if default and default != branch:
        git.run(["git", "branch", "-q", "-D", default], quiet=True)
    return True


def _detach(git: Git, commit: str) -> bool:
    found = git.ask("rev-parse", "-q", "--verify", f"{commit}^{{commit}}")
    return bool(found) and git.run(["git", "update-ref", "--no-deref", "HEAD", found])


def _has_commit(git: Git, commit: str) -> bool:
    return git.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], quiet=True)


def _known_path(git: Git, path: str) -> str:
    """Return a file as it is, a folder with a slash behind it, nothing for what is not there."""
    kind = git.ask("cat-file", "-t", f"HEAD:{path}") if path else ""
    return {"blob": path, "tree": f"{path}/"}.get(kind, "")


def _known(git: Git) -> tuple[str, str]:
    """Return HEAD's commit, and the beginning of .gitpod.yml, or else of devcontainer.json.

    That file says what image the container is made of. git is asked once: each process of it
    is a part of what a person waits for.
    """
    wanted = ["HEAD^{commit}", *(f"HEAD:{name}" for name in _CONFIGS)]
    told = git.answer(["git", "cat-file", "--batch-check"], "\n".join(wanted) + "\n") or ""
    found = [line.split() for line in told.splitlines()]  # id, kind, size; or what is missing
    revisions = [one[0] for one in found[:1] if one[1:2] == ["commit"]]
    for one in found[1:]:
        if one[1:2] == ["blob"]:
            beginning = git.beginning(one[0], LARGEST_CONFIG)
            return "".join(revisions), beginning.decode(errors="replace").replace("\0", "")
    return "".join(revisions), ""


def _say_unknown(place: str) -> None:
    shown = place.encode("ascii", "backslashreplace").decode()
    sys.stderr.write(f"fatal: Remote branch {shown} not found in upstream origin\n")
