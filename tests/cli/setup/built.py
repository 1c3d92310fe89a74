"""The artefacts that `make artefacts`' step has built, and a root of busybox to run them in."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.setup.steps import Plan

CACHE = Path(os.environ.get("PODIUM_CACHE") or "/var/cache/podium")


@dataclass(frozen=True)
class Built:
    """Folders of the artefacts of this checkout."""

    plan: Plan

    def folder(self, kind: str) -> Path:
        """Return the folder of an artefact; it must have been built."""
        names = {"images": self.plan.image, "ide": self.plan.ide, "python": self.plan.python}
        names |= {"web": self.plan.web, "supervisor": self.plan.supervisor}
        names |= {"assets": self.plan.assets, "compiled": self.plan.compiled}
        folder = CACHE / kind / names[kind]
        assert folder.is_dir(), f"{folder} is missing: run `bash cli/bootstrap.sh artefacts`"
        return folder


class BusyboxRoot:
    """A root filesystem with one static program; what is bound into it is read-only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bound: dict[str, Path] = {}
        for name in ("bin", "proc", "dev", "tmp", "etc"):
            (folder / name).mkdir()
        shutil.copy("/bin/busybox", folder / "bin/busybox")
        (folder / "bin/sh").symlink_to("busybox")

    def bind(self, source: Path, place: str) -> None:
        (self._folder / place).mkdir(parents=True)
        self._bound[place] = source

    def command(self, *words: str) -> list[str]:
        """Return a command that runs `words` inside, in namespaces that end with it."""
        lines = ["set -e"]
        for place, source in self._bound.items():
            target = self._folder / place
            lines.append(f"mount --bind {source} {target}")
            lines.append(f"mount -o remount,bind,ro {target}")
        lines.append(f"mount -t proc proc {self._folder / 'proc'}")
        lines.append(f"mount --rbind /dev {self._folder / 'dev'}")
        lines.append(f'exec chroot {self._folder} "$@"')
        confined = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return [*confined, "sh", "-c", "\n".join(lines), "sh", *words]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*words),
            env={"PATH": "/bin:/usr/sbin:/usr/bin", "HOME": "/tmp"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
