"""User, folders and keys; as root, because owners are what they are about."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.launcher.folders import ensure_user, prepare
from cli.problems import CommandError
from cli.settings import Settings

pytestmark = pytest.mark.root
USER = "nobody"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made(tmp_path)


def made(folder: Path, more: Mapping[str, str] | None = None) -> Settings:
    return Settings.from_environ(
        {
            "PODIUM_HOME": str(folder / "home"),
            "PODIUM_CACHE": str(folder / "cache"),
            "PODIUM_RUN_ROOT": str(folder / "run"),
            "PODIUM_USER": USER,
            **(more or {}),
        }
    )


def test_owners_and_modes_are_as_the_layout_says(settings: Settings) -> None:
    prepare(settings)
    layout, uid = settings.layout, pwd.getpwnam(USER).pw_uid
    wanted = {
        layout.home: (0o755, 0),
        layout.master_key: (0o600, uid),
        layout.server_home: (0o700, uid),
        layout.proxy_home: (0o700, uid),
        layout.blobserve_home: (0o700, uid),
        layout.blobserve_run: (0o700, uid),
        layout.content: (0o700, 0),
        layout.instances_home: (0o700, 0),
        layout.logs: (0o750, 0),
        layout.run: (0o755, 0),
        layout.server_run: (0o700, uid),
        layout.agent_run: (0o755, uid),
        layout.daemon_run: (0o700, uid),
        layout.instances_run: (0o700, 0),
    }
    found = {path: Path(path).stat() for path in wanted}
    assert {path: (one.st_mode & 0o7777, one.st_uid) for path, one in found.items()} == wanted


def test_a_loosened_folder_is_closed_again(settings: Settings) -> None:
    prepare(settings)
    Path(settings.layout.content).chmod(0o777)
    prepare(settings)
    assert Path(settings.layout.content).stat().st_mode & 0o777 == 0o700


def test_the_key_is_random_and_never_replaced(settings: Settings, tmp_path: Path) -> None:
    prepare(settings)
    key = Path(settings.layout.master_key).read_bytes()
    prepare(settings)
    assert Path(settings.layout.master_key).read_bytes() == key
    other = made(tmp_path / "other")
    prepare(other)
    assert len(key) == 32
    assert Path(other.layout.master_key).read_bytes() != key


def test_a_database_without_its_key_gets_no_new_one(settings: Settings) -> None:
    prepare(settings)
    Path(settings.layout.master_key).unlink()
    Path(settings.layout.database).touch()
    with pytest.raises(CommandError, match="master key is missing"):
        prepare(settings)
    assert not Path(settings.layout.master_key).exists()


def test_the_command_takes_values_as_they_are(tmp_path: Path) -> None:
    odd = "/srv/it's $(touch pwned) `x`"
    settings = made(tmp_path, {"PODIUM_LOCAL_REPOSITORIES": odd})
    prepare(settings)
    command = Path(settings.layout.home) / "bin/podium"
    assert command.stat().st_mode & 0o777 == 0o755
    text = command.read_text().replace("exec ", "env -0; exit; exec ")
    shown = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True)
    assert f"PODIUM_LOCAL_REPOSITORIES={odd}" in shown.stdout.split("\0")


def test_root_may_not_be_the_platform_user() -> None:
    with pytest.raises(CommandError, match="must not run as root"):
        ensure_user("root")


def test_a_missing_user_is_made_without_shell_and_home() -> None:
    name = f"podium-t{os.getpid()}"
    try:
        uid, gid = ensure_user(name)
        entry = pwd.getpwnam(name)
        assert (entry.pw_uid, entry.pw_gid) == (uid, gid)
        assert entry.pw_shell == "/usr/sbin/nologin"
        assert not Path(entry.pw_dir).exists()
        assert uid < 1000
        assert ensure_user(name) == (uid, gid)
    finally:
        subprocess.run(["userdel", name], check=True)


def test_a_name_that_cannot_be_a_user_is_refused() -> None:
    with pytest.raises(CommandError, match="could not be made"):
        ensure_user("no such:user")
