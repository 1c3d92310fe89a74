"""What is saved of a data folder."""

import os
from pathlib import Path, PurePosixPath

import pytest

from cli.backup import parts
from wire.layout import Layout


def test_host_keys_are_the_gateways_files_by_name(tmp_path: Path) -> None:
    layout = Layout(PurePosixPath(tmp_path), PurePosixPath("/cache"))
    assert list(parts.host_keys(layout)) == []
    folder = Path(layout.ssh_home)
    folder.mkdir()
    for name in ("ssh_host_ed25519_key", "ssh_host_ed25519_key.pub", ".hidden", "odd name"):
        (folder / name).write_text(name)
    found = dict(parts.host_keys(layout))
    assert list(found) == ["ssh/ssh_host_ed25519_key", "ssh/ssh_host_ed25519_key.pub"]
    for one in found.values():
        one.close()


def test_a_link_is_not_followed_and_a_pipe_not_waited_for(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to("/etc/shadow")
    os.mkfifo(pipe)
    for odd in (link, pipe, tmp_path):
        with pytest.raises(parts.Odd):
            parts.opened(odd)
    with pytest.raises(FileNotFoundError):
        parts.opened(tmp_path / "nothing")


def test_a_part_that_would_lie_elsewhere_is_no_host_key() -> None:
    assert not any(parts.is_host_key(one) for one in ("ssh/", "ssh/../x", "ssh/a/b", "x", "ssh/.a"))


def test_places_of_a_machine_stay_there() -> None:
    told = {"PODIUM_TIMEOUT": "1h", "PODIUM_HOME": "/srv", "PODIUM_RUN_ROOT": "/run/x"}
    assert parts.portable(told) == {"PODIUM_TIMEOUT": "1h"}


def test_a_setting_is_a_variable_and_nothing_that_a_shell_would_do() -> None:
    assert parts.is_setting("PODIUM_PORT")
    for odd in ("", "A=1; reboot #", "$(reboot)", "A B", "A\nB", "1A", "podium"):
        assert not parts.is_setting(odd)
