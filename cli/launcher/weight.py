"""The platform's share of the processor: what people wait for goes before what they run.

A workspace that compiles, or a browser on the same machine, may take every processor there is;
then the platform's own short work (a page, a clone of small size, the start of a container) would
wait in the same line. So its processes are a control group with more weight. It counts only when
several want a processor at the same moment, and takes nothing from anybody on an idle machine.
What takes long by its nature (a clone over the network, unpacking) leaves the group
(`daemon.host.turns`), and so does what set-up builds in the background.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")
WEIGHT: Final = 8
"""Times the weight of any other group."""
_SHARES: Final = 1024
"""Of a group as it is made, version 1."""
_WEIGHT: Final = 100
"""The same of version 2."""


class Group:
    """The control group of one installation's processes; of no effect where it cannot be made."""

    def __init__(self, tag: str, root: Path = _ROOT) -> None:
        self._unified = (root / "cgroup.controllers").exists()
        self._root = root if self._unified else root / "cpu"
        self.folder = self._root / f"podium_{tag}_platform"

    def make(self) -> str:
        """Make it; returns the reason when the machine does not allow it."""
        name = "cpu.weight" if self._unified else "cpu.shares"
        usual = _WEIGHT if self._unified else _SHARES
        try:
            if self._unified:
                with suppress(OSError):  # it may be switched on already by who owns the tree
                    (self._root / "cgroup.subtree_control").write_text("+cpu")
            self.folder.mkdir(exist_ok=True)
            (self.folder / name).write_text(str(WEIGHT * usual))
        except OSError as error:
            return str(error)
        return ""

    def enter(self) -> None:
        """Move the calling process into it; without it the process stays where it is."""
        with suppress(OSError):
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self) -> None:
        """Remove it when nobody is in it any more."""
        with suppress(OSError):
            self.folder.rmdir()
