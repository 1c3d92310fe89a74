"""Further repositories of `.gitpod.yml`: each cloned once, as the person, beside the opened one.

Credentials come from where all git in the workspace has them. A clone grows in a folder of ours
and is moved to its place when it is whole; one that fails is told, stops nothing, and is tried
again by the next start. What is noted as done is never cloned again: from then on it is the
person's, also when they have removed it.
"""

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence

import msgspec

from supervisor.core.commands import GUARD, UPDATE_SUBMODULES, reason
from supervisor.core.config import Repository
from supervisor.core.further import (
    CLONES,
    MOST,
    Wanted,
    clone_commands,
    list_refs,
    place_of,
    wanted,
)
from supervisor.host.asking import Asking, NotGiven
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.agentrepository import REPOSITORY_PATH, RepositoryAsked, RepositoryFound
from wire.phases import Condition

ROOT = "/workspace"
DONE = ".podium/further.json"
"""Below the root: places of those that are done."""
PROTOCOLS = "https:http:ssh"
"""What git may speak; of these the server lets pass what the installation allows."""
_PATIENCE = 3600.0
_LISTED = 8_000_000
"""Bytes of a remote's list of refs that are looked through."""
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "500",
    "GIT_HTTP_LOW_SPEED_TIME": "60",
}


class _FailedError(Exception):
    """A repository cannot be had; the text is why."""


class Further:
    """`changed` is called when there is something to tell, `say` with what git writes."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        asking: Asking,
        changed: Callable[[], None],
        say: Callable[[bytes], None],
        *,
        root: str = ROOT,
        protocols: str = PROTOCOLS,
    ) -> None:
        self.conditions: dict[str, str] = {}
        self.places: list[str] = []
        """Absolute paths of those that the file names."""
        self._reaper = reaper
        self._account = account
        self._asking = asking
        self._changed = changed
        self._say = say
        self._root = root
        self._protocols = protocols

    async def clone(
        self, repositories: Sequence[Repository], opened: str, environment: Mapping[str, str]
    ) -> None:
        """Clone those that are not done; `opened` is the repository whose file names them."""
        if not repositories:
            return
        asked = {**environment, **_ENVIRONMENT, "GIT_ALLOW_PROTOCOL": self._protocols}
        done, failed = self._done(), list[str]()
        await self._sweep()
        beside = await self._branch(opened, asked)
        for one in repositories[:MOST]:
            self.conditions = {Condition.FILES_ARRIVING: f"{one.url} is being cloned."}
            self._changed()
            try:
                done.append(await self._one(one, opened, beside, done, asked))
                self._keep(done)
            except _FailedError as error:
                note("further_repository_failed", url=one.url, detail=str(error))
                failed.append(f"{one.url}: {error}")
        await self._sweep()
        self.conditions = {}
        if failed:
            told = "; ".join(failed)
            text = f"Further repositories could not be cloned: {told}. The next start tries again."
            self.conditions = {Condition.REPOSITORIES_FAILED: text}
        self._changed()

    async def _sweep(self) -> None:
        left = f"{self._root}/{CLONES}"
        await asyncio.to_thread(shutil.rmtree, left, ignore_errors=True)

    async def _one(
        self,
        one: Repository,
        opened: str,
        beside: str,
        done: Sequence[str],
        environment: Mapping[str, str],
    ) -> str:
        """Return the place of one that is there now; raises _FailedError."""
        found = await self._find(one.url)
        place = place_of(one, found)
        if not place:
            raise _FailedError(f"{one.location} is no folder for it")
        path = f"{self._root}/{place}"
        self.places.append(path)
        if place in done:
            return place
        if os.path.lexists(path):
            if await self._is(path, found.url, environment):
                return place  # whoever moved it there was killed before it was noted
            raise _FailedError(f"{place} is there already")
        if opened.startswith(f"{path}/"):
            raise _FailedError(f"{place} holds the opened repository")
        listed = await self._must(list_refs(found.url), environment, keep=_LISTED)
        what = wanted(found.ref, beside, listed.splitlines())
        if what is None:
            raise _FailedError(f"it has no branch or tag {found.ref}")
        await self._make(found.url, path, what, environment)
        return place

    async def _make(
        self, url: str, path: str, what: Wanted, environment: Mapping[str, str]
    ) -> None:
        grown = f"{self._root}/{CLONES}/{len(self.places)}"
        await self._must(["mkdir", "-p", "--", grown, path.rpartition("/")[0]], environment)
        for command in clone_commands(url, grown, what):
            await self._must(command, environment)
        await self._must(["mv", "--", grown, path], environment)
        if os.path.lexists(f"{path}/.gitmodules"):
            update = ["git", *GUARD, "-C", path, "submodule", "update", "--init", "--recursive"]
            try:
                await self._must(update, environment)
            except _FailedError as error:  # the code is there: as for the opened one
                said = f"Submodules of {path} could not be fetched: {error}; `{UPDATE_SUBMODULES}`"
                self._say(said.encode())

    async def _is(self, path: str, url: str, environment: Mapping[str, str]) -> bool:
        ask = ["git", *GUARD, "-C", path, "config", "--local", "--get", "remote.origin.url"]
        try:
            return (await self._must(ask, environment)).strip() == url
        except _FailedError:
            return False

    async def _find(self, url: str) -> RepositoryFound:
        """Return which repository an address names; raises _FailedError."""
        try:
            answer = await self._asking.ask(REPOSITORY_PATH, RepositoryAsked(url=url))
            return msgspec.json.decode(answer, type=RepositoryFound)
        except NotGiven as error:
            raise _FailedError(error.detail.rstrip(".") or "Podium gives no answer") from error
        except msgspec.DecodeError as error:
            raise _FailedError("Podium's answer is not understood") from error

    async def _branch(self, opened: str, environment: Mapping[str, str]) -> str:
        command = ["git", *GUARD, "-C", opened, "symbolic-ref", "--quiet", "--short", "HEAD"]
        try:
            return (await self._must(command, environment)).strip()
        except _FailedError:  # detached
            return ""

    async def _must(
        self, command: list[str], environment: Mapping[str, str], keep: int = 20_000
    ) -> str:
        """Return what a command said; raises _FailedError."""
        try:
            code, said = await output_of(
                command, self._reaper, self._account, environment, keep=keep, seconds=_PATIENCE
            )
        except OSError as error:
            raise _FailedError(f"{command[0]} cannot be started: {error.strerror}") from error
        text = said.decode(errors="replace")
        if code:
            raise _FailedError(reason(text) or f"{command[0]} ended with {code}")
        if "clone" in command:
            self._say(said)
        return text

    def _done(self) -> list[str]:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            descriptor = os.open(f"{self._root}/{DONE}", flags)
        except OSError:
            return []
        with os.fdopen(descriptor, "rb") as file:
            try:
                return msgspec.json.decode(file.read(64 * 1024), type=list[str])
            except (OSError, msgspec.DecodeError):
                return []

    def _keep(self, done: Sequence[str]) -> None:
        """Note what is there; whoever is killed before it finds a clone in its place."""
        path = f"{self._root}/{DONE}"
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120 - lean start, no pathlib
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            descriptor = os.open(path, flags, 0o644)
            with os.fdopen(descriptor, "w") as file:
                json.dump(list(dict.fromkeys(done)), file)
                os.fchown(file.fileno(), self._account.uid, self._account.gid)
        except OSError as error:
            note("further_repositories_not_noted", error=str(error))
