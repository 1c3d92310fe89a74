"""The clone helper with mirrors of its own, and trees to clone into; without a daemon."""

import os
import subprocess
from pathlib import Path

from daemon.core.credentials import NONE, Credentials
from daemon.core.faults import Fault
from daemon.core.progress import Progress
from daemon.host.git import USER, Cloned, Cloner
from daemon.host.mirrors import Mirrors

OWN_NETWORK = Path("/proc/self/ns/net")


class Node:
    """Clones into folders by name, in this process's own network."""

    def __init__(self, folder: Path, **words: object) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.mirrors = Mirrors(folder / "mirrors", 1 << 30, USER)
        self.mirrors.open()
        chosen = {"patience": 20.0, "mirrors": self.mirrors, **words}
        self.cloner = Cloner(folder / "box", ("http", "https"), (), **chosen)
        self.cloner.open()
        self.told: dict[str, list[Progress]] = {}

    async def clone(
        self,
        name: str,
        url: str,
        ref: str = "",
        *,
        tree: Path | None = None,
        credentials: Credentials = NONE,
        **place: object,
    ) -> Cloned | Fault:
        """Clone into the folder of that name, or into another one."""
        tree = tree or self.folder / name
        (tree / ".podium-clone").mkdir(parents=True)
        for one in (tree, tree / ".podium-clone"):
            os.chown(one, USER, USER)
        told = self.told.setdefault(name, [])
        checked = self.cloner.check(url, ref, **place)
        if isinstance(checked, Fault):
            return checked
        source, local = checked
        return await self.cloner.clone(
            source, local, tree, OWN_NETWORK, [], told.append, credentials
        )

    def git(self, name: str, *words: str) -> str:
        command = ["git", "-c", "safe.directory=*", "-C", str(self.folder / name / ".podium-clone")]
        done = subprocess.run([*command, *words], check=True, capture_output=True)
        return done.stdout.decode(errors="surrogateescape").strip()

    def files(self, name: str) -> list[Path]:
        return [one for one in (self.folder / name).rglob("*") if one.is_file()]
