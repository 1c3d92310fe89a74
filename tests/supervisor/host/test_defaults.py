"""Quiet defaults of VS Code: written once, never over a person's own."""

import json
from pathlib import Path

import pytest

from supervisor.host.defaults import (
    QUIET,
    add_settings,
    link_commands,
    machine_settings,
    write_defaults,
)
from supervisor.host.processes import Account


def settings(data: Path) -> Path:
    return data / "data" / "Machine" / "settings.json"


def test_they_are_written_before_the_first_start(tmp_path, account):
    data = tmp_path / ".podium" / "vscode"
    write_defaults(str(data), account)
    assert json.loads(settings(data).read_text()) == QUIET


def test_a_persons_own_are_left_alone(tmp_path, account):
    settings(tmp_path).parent.mkdir(parents=True)
    settings(tmp_path).write_text("{}")
    write_defaults(str(tmp_path), account)
    assert settings(tmp_path).read_text() == "{}"


def test_a_link_is_never_followed(tmp_path, account):
    settings(tmp_path).parent.mkdir(parents=True)
    settings(tmp_path).symlink_to(tmp_path / "elsewhere")
    write_defaults(str(tmp_path), account)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.root
def test_all_of_it_is_the_persons(tmp_path):
    write_defaults(str(tmp_path / "a"), Account(33333, 33333, "gitpod", "/tmp", "/bin/sh"))
    made = [tmp_path / "a", *(tmp_path / "a").rglob("*")]
    assert {path.lstat().st_uid for path in made} == {33333}
    assert len(made) == 4


def test_where_nothing_can_be_written_the_ide_still_starts(tmp_path, account, capsys):
    (tmp_path / "data").write_text("a file in the way")
    write_defaults(str(tmp_path), account)
    assert "defaults_not_written" in capsys.readouterr().err


def test_commands_are_where_every_shell_looks(tmp_path, capsys):
    there = tmp_path / "of-ours" / "gp"
    there.parent.mkdir()
    there.write_text("")
    commands = [str(there), str(there.parent / "code")]
    link_commands(str(tmp_path), commands)
    link_commands(str(tmp_path), commands)
    assert (tmp_path / "gp").readlink() == there
    assert not (tmp_path / "code").is_symlink()
    assert capsys.readouterr().err == ""
    link_commands(str(tmp_path / "none"), commands)
    assert "command_not_linked" in capsys.readouterr().err


def test_wished_settings_are_added_and_what_is_there_stays(account, tmp_path):
    data = str(tmp_path / "data")
    add_settings(data, account, {"editor.tabSize": 3, "telemetry.telemetryLevel": "all"})
    path = Path(machine_settings(data))
    held = json.loads(path.read_text())
    assert (held["editor.tabSize"], held["telemetry.telemetryLevel"]) == (3, "off")
    path.write_text("// mine\n{}\n")
    add_settings(data, account, {"editor.tabSize": 4})
    assert path.read_text() == "// mine\n{}\n"
