"""A backup is made ready beside its place, or nothing is."""

import pwd
import subprocess
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cli.backup import archive, making, parts, restoring
from cli.backup.finishing import HALF, SETTINGS_FILE
from cli.problems import CommandError
from cli.settings import Settings
from kit.objectowner import kept
from tests.cli.backup.whole import installed, received, settings_of, state_of

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    settings = installed(settings_of(folder, "root", PODIUM_TIMEOUT="it's 1h"))
    kept(Path(settings.layout.installation), 5.0)
    making.make(settings, folder / "file", "", lambda _what, _took: None)
    return folder / "file"


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "new")


def test_it_is_made_ready_with_owners_and_modes(file: Path, empty: Settings) -> None:
    manifest, told = restoring.stage(empty, file, "", received)
    assert told["before"] == told["after"] == manifest.revision
    half, uid = Path(empty.layout.home) / HALF, pwd.getpwnam("nobody").pw_uid
    found = {
        str(one.relative_to(half)): (one.stat().st_uid, one.stat().st_mode & 0o777)
        for one in sorted(half.rglob("*"))
    }
    assert found == {
        "installation": (0, 0o600),
        "master.key": (uid, 0o600),
        SETTINGS_FILE: (0, 0o600),
        "server": (uid, 0o700),
        "server/podium.db": (uid, 0o600),
        "ssh": (uid, 0o700),
        "ssh/ssh_host_ed25519_key": (uid, 0o600),
    }
    said = subprocess.run(
        ["sh", "-c", f". {half / SETTINGS_FILE}; echo $PODIUM_TIMEOUT"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "it's 1h\n"
    assert kept(half / "installation", 0.0).since > 5  # it goes on here from now on


def test_a_damaged_one_changes_nothing(file: Path, empty: Settings, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(file.read_bytes()[:-40])
    for work in (
        lambda: restoring.check(bad, ""),
        lambda: restoring.stage(empty, bad, "", received),
        lambda: restoring.check(file, "a passphrase"),
        lambda: restoring.check(tmp_path / "nothing", ""),
    ):
        with pytest.raises(CommandError) as caught:
            work()
        assert "Nothing was changed" in caught.value.cure
    assert state_of(Path(empty.layout.home)) == {}


def test_a_part_of_something_else_is_refused(empty: Settings, tmp_path: Path) -> None:
    one = archive.source("other", b"x")
    manifest = archive.Manifest(1.0, "", "", "", (one.part,))
    archive.write(tmp_path / "file", manifest, [one], "")
    with pytest.raises(CommandError) as caught:
        restoring.stage(empty, tmp_path / "file", "", received)
    assert "no part of an installation" in caught.value.cause


def test_settings_that_a_shell_would_carry_out_are_refused(empty: Settings, tmp_path: Path) -> None:
    for number, text in enumerate((b'{"A=1; touch x #": "1"}', b"no settings")):
        names = (parts.DATABASE, parts.MASTER_KEY, parts.SETTINGS)
        sources = [archive.source(one, text) for one in names]
        manifest = archive.Manifest(1.0, "", "", "", tuple(one.part for one in sources))
        file = tmp_path / f"file{number}"
        archive.write(file, manifest, sources, "")
        with pytest.raises(CommandError) as caught:
            restoring.stage(empty, file, "", lambda _path: CompletedProcess([], 0, "{}", ""))
        assert "settings" in caught.value.cause
        assert not (Path(empty.layout.home) / HALF).exists()


def test_a_newer_one_and_an_unreadable_one(file: Path, empty: Settings) -> None:
    def ends(code: int) -> restoring.Receive:
        return lambda _path: subprocess.CompletedProcess([], code, "", "9999_later")

    with pytest.raises(CommandError) as newer:
        restoring.stage(empty, file, "", ends(3))
    assert "9999_later" in newer.value.cause
    assert "later one" in newer.value.cure
    with pytest.raises(CommandError, match="cannot be read"):
        restoring.stage(empty, file, "", ends(1))
    assert state_of(Path(empty.layout.home)) == {}


def test_what_is_in_use(empty: Settings) -> None:
    layout = empty.layout
    assert restoring.in_use(layout) == []
    for folder in (layout.backups, layout.content, layout.ssh_home, layout.logs):
        Path(folder).mkdir(parents=True)
    Path(layout.backups, "a").touch()
    Path(layout.content, "a").touch()
    assert restoring.in_use(layout) == []
    Path(layout.ssh_home, "key").touch()
    Path(layout.master_key).touch()
    assert restoring.in_use(layout) == [str(layout.master_key), str(layout.ssh_home)]
