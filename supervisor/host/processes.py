"""Starting processes for the person: another user, an own session, watched by the reaper."""

import asyncio
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supervisor.host.reaper import Reaper

USER = "gitpod"
USER_ID = 33333


@dataclass(frozen=True, slots=True)
class Account:
    """Whom processes run as."""

    uid: int
    gid: int
    name: str
    home: str
    shell: str


def person() -> Account:
    """Return the workspace's user; an image without one gets the plain ids."""
    try:
        entry = pwd.getpwuid(USER_ID)
    except KeyError:
        return Account(USER_ID, USER_ID, USER, "/home/gitpod", _any_shell("/bin/bash"))
    return Account(
        entry.pw_uid, entry.pw_gid, entry.pw_name, "/home/gitpod", _any_shell(entry.pw_shell)
    )


def _any_shell(wished: str) -> str:
    for path in (wished, "/bin/bash", "/bin/sh"):
        if path and os.access(path, os.X_OK):
            return path
    return "/bin/sh"


@dataclass(frozen=True, slots=True)
class Running:
    """A process that was started; `exited` gives its exit code."""

    pid: int
    exited: "asyncio.Future[int]"

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and all of its session's group; gone is fine."""
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def start(
    reaper: Reaper,
    command: Sequence[str],
    account: Account | None,
    *,
    cwd: str,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    output: int = subprocess.DEVNULL,
    errors: int | None = None,
    controlling: Callable[[], Any] | None = None,
    passed: Sequence[int] = (),
) -> Running:
    """Start a command; raises OSError when it cannot be executed.

    `errors` goes where `output` goes unless it is told. `passed` are further descriptors that stay
    open in it, under their numbers.
    """
    as_user: dict[str, Any] = {}
    if account is not None and os.geteuid() == 0:
        groups = os.getgrouplist(account.name, account.gid) if _known(account.name) else []
        as_user = {"user": account.uid, "group": account.gid, "extra_groups": groups}
    process = subprocess.Popen(
        list(command),
        cwd=cwd if os.path.isdir(cwd) else "/",  # noqa: PTH112 - lean start, no pathlib
        env=dict(environment),
        stdin=stdin,
        stdout=output,
        stderr=output if errors is None else errors,
        start_new_session=True,
        preexec_fn=controlling,  # noqa: PLW1509 - a terminal needs it; our threads hold no lock of it
        umask=0o022,
        pass_fds=passed,
        **as_user,
    )
    process.returncode = 0  # the reaper owns waiting; Popen must not try
    return Running(process.pid, reaper.register(process.pid))


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
