"""A data folder as an installation leaves it, and one that is empty."""

import json
import subprocess
import time
from pathlib import Path

from app.db.receiving import receive
from cli.settings import Settings
from tests.app.migrated import make_file


def settings_of(folder: Path, user: str = "nobody", **environ: str) -> Settings:
    return Settings.from_environ(
        {
            "PODIUM_HOME": str(folder / "home"),
            "PODIUM_CACHE": str(folder / "cache"),
            "PODIUM_RUN_ROOT": str(folder / "run"),
            "PODIUM_USER": user,
            **environ,
        }
    )


def installed(settings: Settings) -> Settings:
    layout = settings.layout
    for folder in (layout.server_home, layout.ssh_home, layout.run):
        Path(folder).mkdir(parents=True)
    make_file(Path(layout.database))
    Path(layout.master_key).write_bytes(b"k" * 32)
    Path(layout.ssh_home / "ssh_host_ed25519_key").write_text("host key")
    return settings


def received(path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.CompletedProcess([], 0, json.dumps(receive(path, time.time())), "")


def state_of(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
