"""The lease of this node: kept in a file, and watched by a process that outlives the daemon."""

import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import structlog

from daemon.core.lease import Lease, parse_lease, spell_lease
from daemon.core.oci import cgroup_path
from daemon.host import files
from wire.layout import Layout

_log = structlog.get_logger(__name__)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_CODE_ROOT: Final = str(Path(__file__).resolve().parents[1])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from daemon.leash import run; "
    "sys.exit(run(sys.argv[2:]))"
)
NAME: Final = "lease"
"""Of the file, in the run folder of this node."""


def clock() -> float:
    """Return the seconds since the machine has started, those it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Return what changes with each start of the machine."""
    return _BOOT.read_text().strip()


def read_lease(path: Path) -> Lease | None:
    """Return what was granted, None when nothing ever was. One that is damaged is over."""
    text = files.read_whole(path)
    if text is None:
        return None
    try:
        return parse_lease(text, boot_id())
    except ValueError:
        return Lease(boot_id(), 0.0)


class Leasehold:
    """What the server grants; all of it blocks on the disk, for a moment."""

    def __init__(self, folder: Path, group: str, content: Path) -> None:
        """`group` is the cgroup whose instances end with the lease."""
        self._path = folder / NAME
        self._group = group
        self._content = content
        self.watcher: subprocess.Popen[bytes] | None = None
        self._lease = read_lease(self._path) or Lease(boot_id())
        if self._lease.until is not None:
            self._watch()

    @classmethod
    def of(cls, layout: Layout) -> "Leasehold":
        """Return the one of an installation's node."""
        group = cgroup_path(layout.tag, "").rstrip("/")
        return cls(Path(layout.run), group, Path(layout.content))

    @property
    def over(self) -> bool:
        """Whether no container may run."""
        return self._lease.over(clock())

    def hold(self, boot: str, until: float) -> tuple[str, float, int]:
        """Take a grant in; returns the boot, the clock, and the bytes that are free."""
        if boot:
            granted = self._lease.granted(boot, until)
            if granted != self._lease:
                files.write_whole(self._path, spell_lease(granted))
                self._lease = granted
            self._watch()
        return self._lease.boot, clock(), shutil.disk_usage(self._content).free

    def _watch(self) -> None:
        """Make sure that somebody ends the containers also when this process is gone."""
        if self._is_watched():
            return
        self.watcher = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _START, _CODE_ROOT, str(self._path), self._group],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        _log.info("leashed", until=self._lease.until)

    def _is_watched(self) -> bool:
        """Tell whether somebody watches, or has just begun to; one before may live still."""
        if self.watcher is not None and self.watcher.poll() is None:
            return True
        with self._path.with_name(f"{NAME}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False
