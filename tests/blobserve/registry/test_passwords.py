"""Passwords follow their file, and are in no log."""

import json
import os
from pathlib import Path

import pytest

from blobserve.registry.passwords import Passwords
from kit.oci.core.secrets import Credentials


def write(path: Path, password: str, at: int) -> None:
    path.write_text(json.dumps({"auths": {"r.example": {"username": "u", "password": password}}}))
    os.utime(path, (at, at))


def test_it_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    passwords = Passwords(str(path))
    assert passwords.read() == {}
    for at, password in enumerate(("one", "two", "six")):
        write(path, password, at)
        assert passwords.read() == {"r.example": Credentials("u", password)}


def test_without_a_path_there_are_none() -> None:
    assert Passwords("").read() == {}


def test_a_broken_file_gives_none_and_is_told_without_its_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    write(path, "one", 1)
    passwords = Passwords(str(path))
    assert passwords.read()
    path.write_text('{"auths": {"r.example": "hunter2"')
    assert passwords.read() == {}
    written = capsys.readouterr().out
    assert "registry_passwords_unreadable" in written
    assert "hunter2" not in written
