"""One tree and its repository, worked on by the real child, without a daemon."""

import os
from pathlib import Path
from typing import Any

from daemon.core.pointorders import Repository
from daemon.host import cgroups
from daemon.host.repositories import Repositories
from daemon.host.restic import Restic
from daemon.host.restic_remote import Remote

WORKSPACE = "amber-otter-4k2hw9xz1q"
KEY = Repository(WORKSPACE, "ab" * 32)
GROUP = f"/podium_test{os.getpid()}r"


class Place:
    """Calls the child with plans as `daemon.backups` makes them."""

    def __init__(self, folder: Path, remote: Remote | None = None) -> None:
        self.folder = folder
        self.tree, self.home = folder / "tree", folder / "home"
        self.stage = folder / "stage"
        for one in (self.tree, self.home, self.stage, folder / "backups"):
            one.mkdir()
        self.restic = Restic(self.stage, GROUP, remote)
        self.repositories = Repositories(folder / "backups", self.restic)
        self.told: list[dict[str, Any]] = []

    @property
    def repository(self) -> Path:
        return self.repositories.folder(WORKSPACE)

    def close(self) -> None:
        cgroups.remove(GROUP)

    async def run(self, task: str, **words: object) -> dict[str, Any]:
        return await self.restic.run(task, KEY, self.repository, self.told.append, **words)

    async def backup(self, point: str, **words: object) -> dict[str, Any]:
        await self.repositories.start(KEY)
        plan = {
            "point": point,
            "tags": [f"point:{point}"],
            "excludes": [],
            "record": {"workspace": WORKSPACE},
            "parent": "",
            "fingerprint": "",
            "verified": [],
            "writes": True,
            "tree": {"workspace": str(self.tree), "home/gitpod": str(self.home)},
        }
        return await self.run("backup", **plan | words)

    async def snapshot(self, point: str) -> str:
        """Make a point; returns its snapshot's id."""
        answer = await self.backup(point)
        return next(one["id"] for one in answer["snapshots"] if f"point:{point}" in one["tags"])
