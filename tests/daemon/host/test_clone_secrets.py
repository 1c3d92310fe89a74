"""The secrets of the box, outside of it: tests/daemon/test_credentials.py has them inside."""

import os
import subprocess
from pathlib import Path

import pytest

from daemon.host import clone_secrets


@pytest.fixture
def box(tmp_path, monkeypatch) -> Path:
    for name in ("AGENT", "ANSWER", "SEEN"):
        monkeypatch.setattr(clone_secrets, name, str(tmp_path / name.lower()))
    return tmp_path


def test_nothing_given_leaves_nothing(box: Path) -> None:
    clone_secrets.unlock({"answer": "", "ssh_key": ""})
    assert list(box.iterdir()) == []
    assert clone_secrets.host_key() == ""


def test_the_answer_is_for_its_user_alone(box: Path) -> None:
    clone_secrets.unlock({"answer": "username=a\n", "ssh_key": ""})
    assert (box / "answer").read_text() == "username=a\n"
    assert (box / "answer").stat().st_mode & 0o777 == 0o400


def test_the_key_is_in_the_agent_and_in_no_file(box: Path, tmp_path_factory) -> None:
    file = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    clone_secrets.unlock({"answer": "", "ssh_key": file.read_text()})
    environment = {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": str(box / "agent")}
    try:
        told = subprocess.run(
            ["ssh-add", "-L"], check=True, env=environment, capture_output=True, text=True
        )
        assert told.stdout.split()[1] == file.with_suffix(".pub").read_text().split()[1]
        assert [one.name for one in box.iterdir()] == ["agent"]
    finally:
        found = subprocess.run(
            ["pgrep", "-f", f"ssh-agent -a {box}/agent"],
            check=False,
            capture_output=True,
            text=True,
        )
        for pid in found.stdout.split():
            os.kill(int(pid), 15)


def test_the_key_that_the_host_showed_is_found(box: Path) -> None:
    (box / "seen").write_text("ssh-ed25519 AAAA\n")
    assert clone_secrets.host_key() == "ssh-ed25519 AAAA\n"
