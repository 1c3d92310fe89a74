"""Files on a real disk, and links that lead away from it."""

import os
from pathlib import Path

import pytest

from supervisor.host.processes import Account
from supervisor.host.profile import REPLACED, Files
from wire.profile import LARGEST


@pytest.fixture
def user(account: Account) -> Path:
    return Path(account.home, ".podium/vscode/data/User")


@pytest.fixture
def files(account: Account) -> Files:
    return Files(account, f"{account.home}/.podium/vscode")


def test_what_is_written_is_read_and_listed(files: Files, user: Path) -> None:
    assert (files.names(), files.read("settings.json"), files.base()) == ([], None, {})
    files.write("settings.json", "{}")
    files.write("snippets/go.json", "[]")
    files.keep_beside("settings.json", "lost")
    files.keep_base({"settings.json": "d"})
    held = files.read("settings.json")
    assert held is not None
    assert (held.text, held.at > 0) == ("{}", True)
    assert files.names() == ["settings.json", "snippets/go.json"]
    assert files.base() == {"settings.json": "d"}
    assert (user / f"settings.json{REPLACED}").read_text() == "lost"
    assert (user / "settings.json").stat().st_mode & 0o777 == 0o600
    (user / "settings.json").write_text('{"a": 1}')
    changed = files.read("settings.json")
    assert changed is not None
    assert changed.text == '{"a": 1}'


def test_a_link_leads_nowhere(files: Files, user: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "go.json").write_text("secret")
    user.mkdir(parents=True)
    (user / "snippets").symlink_to(away)
    (user / "settings.json").symlink_to(away / "go.json")
    os.mkfifo(user / "keybindings.json")
    assert files.names() == []
    with pytest.raises(OSError, match="snippets"):
        files.write("snippets/new.json", "{}")
    files.write("settings.json", "{}")
    assert (away / "go.json").read_text() == "secret"
    assert not (user / "settings.json").is_symlink()


def test_what_cannot_go_along_is_left_aside(files: Files, user: Path) -> None:
    (user / "snippets").mkdir(parents=True)
    (user / "settings.json").write_bytes(b"\xff")
    (user / "keybindings.json").write_text("x" * (LARGEST + 1))
    for name in ("..json", "a/b.json", "x.txt", ".hidden.json"):
        if "/" not in name:
            (user / "snippets" / name).write_text("{}")
    (user / "snippets/good one.code-snippets").write_text("{}")
    assert files.names() == ["snippets/good one.code-snippets"]


def test_a_base_that_cannot_be_read_is_none(files: Files, user: Path) -> None:
    user.mkdir(parents=True)
    (user / ".podium-profile.json").write_text("[")
    assert files.base() == {}
    (Path(user).parent.parent / "extensions").mkdir()
    (Path(user).parent.parent / "extensions/extensions.json").write_text("[]")
    assert files.installed() == "[]"
