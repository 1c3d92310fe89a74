"""The repository's files: checked out once, then completed by submodules and large files.

VS Code opens as soon as the checkout is there. What comes from elsewhere afterwards, the
repository's submodules and its files in Git LFS, is fetched behind it; what fails is told as a
condition, and tried again by the next start. Tasks wait until that is over, however it ended.
"""

import os
from collections.abc import Callable, Mapping

from supervisor.core.commands import LFS, SUBMODULES, completions, cure, reason, uses_lfs
from supervisor.host.checkout import already_done, check_out, set_identity
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
_CODES = {SUBMODULES: Condition.SUBMODULES_FAILED, LFS: Condition.LFS_FAILED}


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
        set_identity(desired, self._account)
        if desired.checkout is None or already_done(self._marker):
            self.report = StepReport(state=StepState.DONE)
        else:
            self._expect(desired.checkout.path)
            self.report = await check_out(
                desired.checkout,
                self._reaper,
                self._account,
                {**environment, "GIT_LFS_SKIP_SMUDGE": "1"},
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
        code, _said = await self._run(uses_lfs(path), environment)
        submodules = os.path.lexists(f"{path}/.gitmodules")
        for name, what, command in completions(path, submodules=submodules, lfs=code == 0):
            self.conditions = {**found, Condition.FILES_ARRIVING: f"{what} are being fetched."}
            self._changed()
            code, said = await self._run(command, environment)
            if code != 0:
                why = reason(said) or f"git ended with {code}"
                note("completion_failed", part=name, code=code, detail=why)
                told = f"{what} could not be fetched: {why}."
                found[_CODES[name]] = f"{told} Run `{cure(command)}`, or start again."
        self.conditions = found
        if not found:
            os.unlink(self._unfinished)  # noqa: PTH108 - lean start, no pathlib

    async def _run(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        try:
            code, said = await output_of(
                command, self._reaper, self._account, environment, seconds=_PATIENCE
            )
        except OSError as error:
            return 127, f"git cannot be started: {error.strerror}"
        self._say(said)
        return code, said.decode(errors="replace")

    def _expect(self, path: str) -> None:
        """Note, before the marker, that there may be more to come."""
        if not os.path.isdir(path):  # noqa: PTH112 - lean start, no pathlib
            return
        folder = os.path.dirname(self._unfinished)  # noqa: PTH120 - lean start, no pathlib
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
        os.chown(folder, self._account.uid, self._account.gid)
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        os.fchown(descriptor, self._account.uid, self._account.gid)
        os.close(descriptor)
