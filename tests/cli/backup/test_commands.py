"""`podium backup` and `podium restore` as people call them, with an installation of stand-ins."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.launcher.folders import ensure_user
from tests.app.migrated import make_file
from tests.cli.backup.whole import state_of
from tests.cli.standins import CHECKOUT, Installation

pytestmark = pytest.mark.root


@pytest.fixture
def installation() -> Iterator[Installation]:
    made = Installation.make()
    sources = made.folder / "sources"
    shutil.copytree(CHECKOUT / "app" / "db", sources / "app" / "db")
    shutil.copy(CHECKOUT / "app" / "__init__.py", sources / "app")
    yield made
    made.remove()


def used(installation: Installation) -> Path:
    """Let it have run once, as far as its data folder goes."""
    home, layout = Path(installation.layout.home), installation.layout
    uid, gid = ensure_user("podium")
    for folder in (layout.server_home, layout.ssh_home):
        Path(folder).mkdir(parents=True, mode=0o700)
    make_file(Path(layout.database))
    Path(layout.master_key).write_bytes(b"k" * 32)
    Path(layout.ssh_home / "ssh_host_ed25519_key").write_text("host key")
    for one in (Path(layout.server_home), *Path(layout.server_home).iterdir()):
        os.chown(one, uid, gid)
    return home


def test_an_installation_is_saved_and_brought_back(installation: Installation) -> None:
    assert installation.podium("backup", "/nowhere").returncode == 1
    home, file = used(installation), installation.folder / "file.tar.zst"
    before = state_of(home)
    saved = installation.podium("backup", str(file), PODIUM_TIMEOUT="2h")
    assert saved.returncode == 0, saved.stderr
    assert "MASTER KEY" in saved.stdout
    assert state_of(home) == before
    assert file.stat().st_mode & 0o777 == 0o600

    refused = installation.podium("restore", str(file))
    assert refused.returncode == 1
    assert "in use" in refused.stderr
    assert "--force" in refused.stderr
    assert state_of(home) == before

    shutil.move(home, installation.folder / "lost")
    done = installation.podium("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "There are no restore points" in done.stdout
    found = state_of(home)
    assert found["master.key"] == before["master.key"]
    assert found["ssh/ssh_host_ed25519_key"] == b"host key"
    assert b"export PODIUM_TIMEOUT=2h\n" in found["restored-settings.sh"]
    assert found.keys() == {*before, "restored-settings.sh"}

    again = installation.podium("restore", str(file), "--force")
    assert again.returncode == 0, again.stderr
    (kept,) = home.glob("before-restore-*")
    assert str(kept) in again.stdout
    assert state_of(kept).keys() == found.keys()
    # the platform starts with what was restored
    up = installation.podium("up")
    assert up.returncode == 0, up.stderr

    running = installation.podium("restore", str(file), "--force")
    assert running.returncode == 1
    assert "podium down" in running.stderr
    assert installation.podium("backup", str(installation.folder / "other")).returncode == 0
    assert json.loads(installation.podium("status", "--json").stdout)["running"]


def test_words_that_are_wrong(installation: Installation) -> None:
    used(installation)
    nothing = installation.podium("restore", str(installation.folder / "nothing"))
    assert nothing.returncode == 2
    assert "no file" in nothing.stderr
    file = installation.folder / "file"
    nobody = installation.podium("backup", str(file), "--passphrase")
    assert nobody.returncode == 2
    assert "--passphrase-file" in nobody.stderr
    empty = installation.folder / "empty"
    empty.write_text("\n")
    assert installation.podium("backup", str(file), "--passphrase-file", str(empty)).returncode == 2
    missing = installation.podium("backup", str(file), "--passphrase-file", "/nowhere")
    assert missing.returncode == 1
    assert not file.exists()
