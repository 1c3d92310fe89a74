"""What is wrong with the image or its disks, for people to read: the workspace lives on.

Looked at as it starts, and again every few seconds: a disk fills up, and is emptied.
"""

import asyncio
import os
import time
from collections.abc import Callable

from supervisor.core.login import FILES, HANGS, TOLD, Login
from supervisor.core.user import check
from supervisor.host.journal import note
from supervisor.host.processes import Account
from wire.phases import Condition

LOOK_EVERY = 5.0
LEAST_FREE = 32 << 20
"""Bytes of the disk below which little can be saved."""
_ROOT = "/"


class Soundness:
    """`changed` is told of news; `root` is another one in tests."""

    def __init__(self, account: Account, changed: Callable[[], None], *, root: str = _ROOT) -> None:
        self.conditions: dict[Condition, str] = {}
        self._account = account
        self._changed = changed
        self._root = root.rstrip("/")
        self._users: list[str] = []
        self.login = Login(account.shell)

    # --- the user ---

    def ensure_user(self) -> None:
        """Give the image the user if it has none; note what stands in the way."""
        texts = {}
        for path in ("/etc/passwd", "/etc/group"):
            try:
                with open(f"{self._root}{path}", errors="replace") as file:  # noqa: PTH123 - lean start, no pathlib
                    texts[path] = file.read()
            except OSError:
                texts[path] = ""
        found = check(texts["/etc/passwd"], texts["/etc/group"], self._account.shell)
        self._users = found.problems
        for path, line in found.missing.items():
            text = texts[path]
            try:
                with open(f"{self._root}{path}", "a") as file:  # noqa: PTH123 - lean start, no pathlib
                    file.write(line if not text or text.endswith("\n") else f"\n{line}")
            except OSError as error:
                self._users = [*self._users, f"{path} cannot be written: {error.strerror}"]
                note("user_not_made", path=path, error=str(error))
        self._make_home()

    def _make_home(self) -> None:
        home = f"{self._root}{self._account.home}"
        try:
            os.makedirs(home, 0o755, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
            if os.stat(home).st_uid == 0:  # noqa: PTH116 - lean start, no pathlib
                os.chown(home, self._account.uid, self._account.gid)
        except OSError as error:  # then it is told below
            note("home_not_made", error=str(error))

    # --- disks ---

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            if self.look():
                self._changed()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> bool:
        """Look once; tells whether something is not as it was."""
        found: dict[Condition, str] = {}
        if self._users:
            found[Condition.USER_UNUSUAL] = "; ".join(self._users)
        home = self._account.home
        if why := _unwritable(f"{self._root}{home}", self._account):
            found[Condition.HOME_READ_ONLY] = f"{home} {why}"
        full = [one for one in ("/workspace", home) if _full(f"{self._root}{one}")]
        if full:
            found[Condition.DISK_FULL] = f"No space is left for {' and '.join(full)}."
        stamp = self.startup_files()
        if self.login.broken(stamp):
            found[Condition.SHELL_ENDS] = TOLD
        if self.login.hangs(stamp):
            found[Condition.SHELL_HANGS] = HANGS
        news = found != self.conditions
        self.conditions = found
        return news

    # --- startup files ---

    def startup_files(self) -> list[float]:
        """Return when each was changed; 0 for one that is not there."""
        return [_changed_at(f"{self._root}{self._account.home}/{name}") for name in FILES]

    def shell_ended(self, began: float, *, typed: bool) -> None:
        """Take in the end of a login shell that began at a monotonic second."""
        self.login.ended(time.monotonic() - began, self.startup_files(), typed=typed)
        if self.look():
            self._changed()

    def shell_hung(self) -> None:
        """Take in that a task did not wait for them any longer."""
        self.login.hung(self.startup_files())
        if self.look():
            self._changed()


def _unwritable(path: str, account: Account) -> str:
    """Return why the account cannot write into a folder; empty when it can."""
    try:
        found, disk = os.stat(path), os.statvfs(path)  # noqa: PTH116 - lean start, no pathlib
    except OSError as error:
        return f"cannot be looked at: {error.strerror}."
    if disk.f_flag & os.ST_RDONLY:
        return "is read-only: settings and history are not kept."
    may = 0o200 if found.st_uid == account.uid else 0o020 if found.st_gid == account.gid else 0o002
    if account.uid != 0 and not found.st_mode & may:
        return "is not yours to write: settings and history are not kept."
    return ""


def _full(path: str) -> bool:
    try:
        disk = os.statvfs(path)
    except OSError:
        return False
    if disk.f_flag & os.ST_RDONLY or not disk.f_blocks:
        return False
    least = min(LEAST_FREE, disk.f_blocks * disk.f_frsize // 50)
    return disk.f_bavail * disk.f_frsize < least or bool(disk.f_files and not disk.f_favail)


def _changed_at(path: str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - lean start, no pathlib
    except OSError:
        return 0.0
