"""The lease of this node: kept in a file, and watched by processes that outlive the daemon.

There are two of these. Each begins the other anew, and so does the daemon: whichever of the three
is killed, the next look of another one mends it.
"""

import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from daemon.core.lease import Lease, parse_lease, spell_lease
from daemon.core.oci import cgroup_path
from daemon.host import files
from wire.layout import Layout

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_CODE_ROOT: Final = str(Path(__file__).resolve().parents[1])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from daemon.leash import run; "
    "sys.exit(run(sys.argv[2:]))"
)
NAME: Final = "lease"
"""Of the file, in the run folder of this node."""
MARK: Final = "leased"
"""Of an empty file in the data folder, once a node was granted anything: its lease is lost with
the run folder, and it may not take that for never having had one."""
TOLD: Final = "several"
"""Of an empty file in the data folder, once a server has asked for this node's clock: only one with
several nodes does, and another of these may have taken something out of a shared repository."""
OF_TREES: Final = "trees:"
"""Before the folder of trees whose users end with the lease, in the place of a cgroup."""
TWINS: Final = ("lease.lock", "lease.lock.2")
"""Files beside the lease; who holds the lock on one of them watches."""


def clock() -> float:
    """Return the seconds since the machine has started, those it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Return what changes with each start of the machine."""
    return _BOOT.read_text().strip()


def read_lease(path: Path) -> Lease | None:
    """Return what was granted, None when nothing ever was. One that cannot be read is over."""
    try:
        text = files.read_whole(path)
        return None if text is None else parse_lease(text, boot_id())
    except (OSError, ValueError):
        return Lease(boot_id(), 0.0)


class Watchers:
    """The processes that watch a lease, as far as this one has begun them."""

    def __init__(self, path: Path, group: str, names: Sequence[str] = TWINS) -> None:
        """`group` is the cgroup whose instances end with the lease of the file, or its trees."""
        self._path = path
        self._group = group
        self._names = names
        self.begun: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self) -> None:
        """Make sure of each; one that an earlier process has begun lives still, or is dead."""
        for name in self._names:
            known = self.begun.get(name)
            if (known is None or known.poll() is not None) and not self._is_held(name):
                self.begun[name] = self._begin(name)

    def _is_held(self, name: str) -> bool:
        with self._path.with_name(name).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _begin(self, name: str) -> "subprocess.Popen[bytes]":
        words = [_CODE_ROOT, str(self._path), self._group, name]
        return subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _START, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )


class Leasehold:
    """What the server grants; all of it blocks on the disk, for a moment."""

    def __init__(self, folder: Path, group: str, content: Path, home: Path) -> None:
        """`group` is the cgroup whose instances end with the lease; `home` outlives `folder`."""
        self.path = folder / NAME
        self.group = group
        self._content = content
        self._mark = home / MARK
        self._told = home / TOLD
        self.watchers = Watchers(self.path, group)
        self._lease = read_lease(self.path) or Lease(
            boot_id(), 0.0 if self._mark.exists() else None
        )
        if self.leased:
            self.look_after()

    @classmethod
    def of(cls, layout: Layout, *, pods: bool) -> "Leasehold":
        """Return the one of an installation's node.

        Where its containers are pods the file is in the data folder: they outlive the run folder,
        which goes with the daemon's own pod.
        """
        if pods:
            home, content = Path(layout.home), Path(layout.content)
            return cls(home, f"{OF_TREES}{content}", content, home)
        group = cgroup_path(layout.tag, "").rstrip("/")
        return cls(Path(layout.run), group, Path(layout.content), Path(layout.home))

    @property
    def over(self) -> bool:
        """Whether no container may run."""
        return self._lease.over(clock())

    @property
    def leased(self) -> bool:
        """Whether anything was ever granted."""
        return self._lease.until is not None

    @property
    def until(self) -> float:
        """The newest moment that was granted, of this machine's clock; 0 when none was."""
        return self._lease.until or 0.0

    @property
    def several(self) -> bool:
        """Whether this is, or ever was, one of several nodes."""
        return self._told.exists()

    def hold(self, boot: str, until: float) -> tuple[str, float, int]:
        """Take a grant in; returns the boot, the clock, and the bytes that are free."""
        if not self.several:
            files.write_whole(self._told, "")
        if boot:
            granted = self._lease.granted(boot, until)
            if granted.until is not None and not self._mark.exists():
                files.write_whole(self._mark, "")
            if granted != self._lease:
                files.write_whole(self.path, spell_lease(granted))
                self._lease = granted
            self.look_after()
        return self._lease.boot, clock(), shutil.disk_usage(self._content).free

    def look_after(self) -> None:
        """Make sure that others end the containers also when this process is gone.

        Nothing is to be seen to where nothing was ever granted.
        """
        if not self.leased:
            return
        if not self.path.exists():  # without it nobody watches any more
            files.write_whole(self.path, spell_lease(self._lease))
        self.watchers.begin()
