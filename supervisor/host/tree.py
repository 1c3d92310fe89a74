"""The repository's files: checked out once, then completed by submodules and large files.

VS Code opens as soon as the checkout is there. What comes from elsewhere afterwards, the
repository's submodules and its files in Git LFS, is fetched behind it; what fails is told as a
condition, and tried again by the next start. Tasks wait until that is over, however it ended.
Credentials come from where all git in the workspace has them, the helper and the agent's socket.
"""

import os
from collections.abc import Callable, Mapping

from supervisor.core.commands import (
    PULL_LARGE,
    PULL_LARGE_OF_SUBMODULES,
    UPDATE_SUBMODULES,
    committed,
    finish_submodules,
    linked,
    named,
    pull_large,
    reason,
    submodule_paths,
    update_submodule,
    uses_lfs,
)
from supervisor.host.checkout import already_done, check_out
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from wire.agent import Desired, StepReport
from wire.phases import Condition, StepState

UNFINISHED = "unfinished"
"""File beside the marker: something was still to come, so the next start looks again."""
_PATIENCE = 3600.0
"""Seconds after which a fetch is given up."""
_STALLED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "500",
    "GIT_HTTP_LOW_SPEED_TIME": "60",
}
_POINTERS = {"GIT_LFS_SKIP_SMUDGE": "1"}
"""A checkout leaves pointers: a large file that cannot be had must not take the code with it."""


class Tree:
    """`changed` is called when there is something to tell, `say` with what git writes."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        changed: Callable[[], None],
        *,
        marker: str,
        say: Callable[[bytes], None],
    ) -> None:
        self.report = StepReport()
        self.conditions: dict[str, str] = {}
        self.whole = False
        """Nothing more arrives."""
        self._reaper = reaper
        self._account = account
        self._changed = changed
        self._marker = marker
        self._unfinished = f"{os.path.dirname(marker)}/{UNFINISHED}"  # noqa: PTH120 - lean start, no pathlib
        self._say = say

    async def check_out(self, desired: Desired, environment: Mapping[str, str]) -> None:
        """Check out, once in the workspace's life."""
        if desired.checkout is None or already_done(self._marker):
            self.report = StepReport(state=StepState.DONE)
        else:
            self._expect()
            self.report = await check_out(
                desired.checkout,
                self._reaper,
                self._account,
                {**environment, **_POINTERS},
                self._marker,
                say=self._say,
            )
        self._changed()

    async def complete(self, desired: Desired, environment: Mapping[str, str]) -> None:
        """Fetch submodules and large files, unless an earlier start has had them all."""
        path = desired.checkout.path if desired.checkout is not None else desired.repository
        if path and self.report.state is StepState.DONE and os.path.lexists(self._unfinished):
            await self._fetch(path, {**environment, **_STALLED})
        self.whole = True
        self._changed()

    async def _fetch(self, path: str, environment: Mapping[str, str]) -> None:
        found: dict[str, str] = {}
        places: list[str] = []
        if os.path.lexists(f"{path}/.gitmodules"):
            self._arriving(found, "Submodules")
            failed, places = await self._submodules(path, {**environment, **_POINTERS})
            if failed:
                told = f"Submodules could not be fetched: {_list(failed)}."
                found[Condition.SUBMODULES_FAILED] = f"{told} {_cure(UPDATE_SUBMODULES)}"
        code, _said = await self._run(uses_lfs(path), environment)
        places = ["", *places] if code == 0 else places
        if places:
            self._arriving(found, "Large files (Git LFS)")
            if failed := await self._pull_large(path, places, environment):
                told = f"Large files (Git LFS) could not be fetched: {_list(failed)}."
                again = PULL_LARGE if "" in failed else PULL_LARGE_OF_SUBMODULES
                found[Condition.LFS_FAILED] = f"{told} {_cure(again)}"
        self.conditions = found
        if not found:
            os.unlink(self._unfinished)  # noqa: PTH108 - lean start, no pathlib

    def _arriving(self, found: dict[str, str], what: str) -> None:
        self.conditions = {**found, Condition.FILES_ARRIVING: f"{what} are being fetched."}
        self._changed()

    async def _submodules(
        self, path: str, environment: Mapping[str, str]
    ) -> tuple[dict[str, str], list[str]]:
        """Return why which could not be had, and which have large files.

        One by one: asked for all, git gives them all up for one that fails.
        """
        failed = {}
        code, said = await self._run(submodule_paths(path), environment)
        if code > 1:  # 1: it names none
            failed[".gitmodules"] = reason(said) or f"git ended with {code}"
        paths = named(said)
        if paths:
            _code, said = await self._run(committed(path, paths), environment)
        for submodule in linked(said) if paths else []:
            if told := await self._try(update_submodule(path, submodule), environment):
                failed[submodule] = told
        _code, said = await self._run(finish_submodules(path), environment)
        return failed, [one for one in named(said) if os.path.isdir(f"{path}/{one}")]  # noqa: PTH112 - lean start, no pathlib

    async def _pull_large(
        self, path: str, places: list[str], environment: Mapping[str, str]
    ) -> dict[str, str]:
        failed = {}
        for place in places:
            if told := await self._try(pull_large(f"{path}/{place}"), environment):
                failed[place] = told
        return failed

    async def _try(self, command: list[str], environment: Mapping[str, str]) -> str:
        """Return why the command failed, nothing when it has not."""
        code, said = await self._run(command, environment)
        if code == 0:
            return ""
        why = reason(said) or f"git ended with {code}"
        note("completion_failed", command=command, code=code, detail=why)
        return why

    async def _run(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        try:
            code, said = await output_of(
                command, self._reaper, self._account, environment, seconds=_PATIENCE
            )
        except OSError as error:
            return 127, f"git cannot be started: {error.strerror}"
        self._say(said)
        return code, said.decode(errors="replace")

    def _expect(self) -> None:
        """Note, before the marker, that there may be more to come."""
        folder = os.path.dirname(self._unfinished)  # noqa: PTH120 - lean start, no pathlib
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
        os.chown(folder, self._account.uid, self._account.gid)
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        os.fchown(descriptor, self._account.uid, self._account.gid)
        os.close(descriptor)


def _cure(command: str) -> str:
    return f"Run `{command}`, or start again."


def _list(failed: Mapping[str, str]) -> str:
    """Return the reasons, each with its submodule; the repository itself is the empty path."""
    return "; ".join(f"{place}: {why}" if place else why for place, why in failed.items())
