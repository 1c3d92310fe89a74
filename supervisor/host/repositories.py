"""Looking at the repositories of a workspace: what of them exists only here.

git is asked as the person, never faster than a thirtieth of the time: a look rests for thirty
times as long as it took, so that a huge tree costs a few percent of a core, and is never taken for
work that keeps a workspace awake. A few files of `.git` are looked at every other second, so that
a commit, a switch and a push are seen at once all the same.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from msgspec.structs import replace

from supervisor.core.commands import named, submodule_paths
from supervisor.core.gitstate import (
    PROGRAMS,
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
from supervisor.host.output import told_by
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.git import MOST_NAMES, MOST_REPOSITORIES, GitState

ROOT = "/workspace"
EVERY = 20.0
"""Seconds between two looks at what only files tell."""
REST = 30.0
"""Times of what a look took that it rests."""
STAMPS_EVERY = 2.0
FIRST = 5.0
"""Seconds after the checkout until the first look: at first people wait for their editor."""
PATIENCE = 60.0
"""Seconds after which git is given up."""
LAST_PATIENCE = 2.0
"""Seconds that the look at the end may take."""
_ENTRIES = 2000
"""Entries of a folder among which repositories are looked for."""

Stamp = tuple[tuple[int, int, int] | None, ...]


class Repositories:
    """`changed` is told when there is something to tell; `further` are paths of known clones.

    While it is `ending`, and git may be killed with all the rest, only the last look counts.
    """

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        changed: Callable[[], None],
        *,
        further: Callable[[], Iterable[str]] = tuple,
        ending: Callable[[], bool] = lambda: False,
        root: str = ROOT,
        first: float = FIRST,
        stamps_every: float = STAMPS_EVERY,
        rest: float = REST,
        most_names: int = MOST_NAMES,
    ) -> None:
        self.states: list[GitState] = []
        """Of the one that was opened first, if it is there."""
        self._reaper = reaper
        self._account = account
        self._changed = changed
        self._further = further
        self._ending = ending
        self._root = root
        self._first = first
        self._stamps_every = stamps_every
        self._rest = rest
        self._most_names = most_names
        self.final = False
        """They were looked at after everything had ended."""
        self.careful = False
        """Nothing that a repository's own settings name may run: it is not trusted."""
        self._took = 0.0
        self._opened = ""

    def told(self) -> tuple[GitState | None, list[GitState]]:
        """Return the state of the repository that was opened, and those of the others."""
        main = [one for one in self.states if one.folder == self._folder(self._opened)]
        return (main[0] if main else None), [one for one in self.states if one not in main]

    async def follow(self, opened: str, pushed: str, environment: Mapping[str, str]) -> None:
        """Look for ever; `pushed` is a commit of the opened one that the git host has."""
        self._opened = opened
        asked = quiet(environment, careful=self.careful)
        await asyncio.sleep(self._first)
        while True:
            stamp = self._stamp()
            found = await self._look_at_all(pushed, asked, PATIENCE)
            if not self._ending():
                self._tell(found)
            ended = time.monotonic()
            rest = self._rest * self._took
            while time.monotonic() < ended + max(EVERY, rest):
                await asyncio.sleep(self._stamps_every)
                if time.monotonic() >= ended + rest and self._stamp() != stamp:
                    break

    async def last(self, pushed: str, environment: Mapping[str, str]) -> None:
        """Look once more when all programs have ended, unless that would take long."""
        if self.states and self._took < LAST_PATIENCE / 2:
            found = await self._look_at_all(
                pushed, quiet(environment, careful=self.careful), LAST_PATIENCE
            )
            if not any(one.unknown for one in found):
                self.final, self.states = True, found
                self._changed()

    def _tell(self, found: list[GitState]) -> None:
        if found != self.states:
            self.states = found
            self._changed()

    async def _look_at_all(
        self, pushed: str, asked: Mapping[str, str], seconds: float
    ) -> list[GitState]:
        began = time.monotonic()
        found = []
        for path in self.paths():
            known = pushed if path == self._opened else ""
            found.append(await self._look(path, known, asked, seconds))
            found += await self._parts(path, asked, seconds)
        found = found[:MOST_REPOSITORIES]
        opened = self._folder(self._opened)
        missing = opened not in {one.folder for one in found}
        if missing and any(one.folder == opened for one in self.states):
            found.insert(0, GitState(folder=opened, unknown="its .git is gone"))
        self._took = time.monotonic() - began
        return found

    def paths(self) -> list[str]:
        """Return where repositories are: the opened one, those known, any just below the root."""
        try:
            with os.scandir(self._root) as entries:
                names = [
                    one.path
                    for one in islice(entries, _ENTRIES)
                    if one.is_dir(follow_symlinks=False)
                ]
        except OSError:
            names = []
        wished = dict.fromkeys([self._opened, *self._further(), *sorted(names)])
        return [one for one in wished if one and os.path.lexists(f"{one}/.git")][:MOST_REPOSITORIES]

    async def _look(
        self, path: str, pushed: str, asked: Mapping[str, str], seconds: float
    ) -> GitState:
        status, commits = Porcelain(), Names()
        unknown = await self._programs(path, asked, seconds) if self.careful else ""
        if not unknown:
            command = status_command(path, careful=self.careful)
            unknown = await self._ask(command, status.feed, asked, seconds)
        born, unpushed = bool(status.commit), 0
        if status.about:
            log = log_command(path, born=born, pushed=pushed)
            failed = await self._ask(log, commits.feed, asked, seconds)
            # without any commit there is nothing to go through, which some git call a mistake
            unknown = unknown or (failed if born else "")
            unpushed = commits.count
        if unpushed >= self._most_names:
            said = bytearray()
            count = count_command(path, born=born, pushed=pushed)
            unknown = unknown or await self._ask(count, said.extend, asked, seconds)
            unpushed = int(said) if said.strip().isdigit() else unpushed
        folder = self._folder(path)
        if not status.about:  # what was seen before is nearer to the truth than nothing
            before = next((one for one in self.states if one.folder == folder), None)
            return replace(before or GitState(folder=folder), unknown=unknown or "git says nothing")
        return status.state(folder, commits, unpushed, unknown)

    async def _programs(self, path: str, asked: Mapping[str, str], seconds: float) -> str:
        """Return why a repository that is not trusted is not looked at; empty when it can be."""
        said = bytearray()
        failed = await self._ask(programs_command(path), said.extend, asked, seconds)
        return failed or (PROGRAMS if runs_programs(bytes(said)) else "")

    async def _parts(self, path: str, asked: Mapping[str, str], seconds: float) -> list[GitState]:
        """Return those of a repository's submodules that have something of their own."""
        if not os.path.lexists(f"{path}/.gitmodules"):
            return []
        said = bytearray()
        await self._ask(submodule_paths(path), said.extend, asked, seconds)
        parts = [f"{path}/{one}" for one in named(said.decode(errors="replace"))]
        there = [one for one in parts if os.path.lexists(f"{one}/.git")][:MOST_REPOSITORIES]
        found = [await self._look(one, "", asked, seconds) for one in there]
        return [
            one
            for one in found
            if one.unpushed or one.stashed or one.unknown or (self.careful and one.uncommitted)
        ]

    async def _ask(
        self,
        command: list[str],
        take: Callable[[bytes], None],
        asked: Mapping[str, str],
        seconds: float,
    ) -> str:
        """Return why it is not known, nothing when it is."""
        try:
            code, said = await told_by(
                command, self._reaper, self._account, asked, take, seconds=seconds
            )
        except OSError as error:  # an image without git
            return f"git cannot be started: {error.strerror}"
        return why(said.decode(errors="replace"), code)

    def _folder(self, path: str) -> str:
        return path.removeprefix(f"{self._root}/")

    def _stamp(self) -> list[Stamp]:
        known = {one.folder: one for one in self.states}
        return [_stamp_of(path, known.get(self._folder(path))) for path in self.paths()]


def _stamp_of(path: str, state: GitState | None) -> Stamp:
    names = stamps(state.branch, state.upstream) if state is not None else stamps("", "")
    return tuple(_stat(f"{path}/.git/{name}") for name in names)


def _stat(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - lean start, no pathlib
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
