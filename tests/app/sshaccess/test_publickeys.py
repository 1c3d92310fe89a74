"""Keys as people paste them."""

import subprocess
from pathlib import Path

import pytest

from app.faults import Malformed
from app.sshaccess.publickeys import ALGORITHMS, fingerprint, read, titled
from tests.app.sshaccess.conftest import new_key

# `ssh-keygen -t ed25519-sk` needs a device; these are of the shape that it writes.
SK = (
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIEX/dQ0v4127bEo8eeG1"
    "EV0ApO2lWbSnN6RWusn/NjqIAAAABHNzaDo= me@key"
)


@pytest.mark.parametrize("algorithm", [one for one in ALGORITHMS if not one.startswith("sk-")])
def test_what_openssh_writes_is_read(algorithm: str, tmp_path: Path) -> None:
    line = new_key(algorithm)
    found = read(f"  {line}\n")
    assert (found.algorithm, found.comment) == (algorithm, "me@laptop")
    file = tmp_path / "key.pub"
    file.write_text(line)
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(file)], capture_output=True, text=True, check=True
    )
    assert found.fingerprint == shown.stdout.split()[1]


def test_a_key_on_a_device_is_read() -> None:
    assert read(SK).algorithm == "sk-ssh-ed25519@openssh.com"


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 not/base64!",
        "ssh-dss AAAAB3NzaC1kc3M= x",
        f'command="ls" {new_key()}',
        f"{new_key()}\n{new_key()}",
        new_key().replace("ssh-ed25519", "ssh-rsa", 1),
        new_key("ssh-rsa", key_size=1024),
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(text)
    assert caught.value.code == "key_invalid"
    assert "AAAA" not in caught.value.detail


def test_a_title_is_the_comment_unless_there_is_one() -> None:
    assert titled("", "me@laptop") == "me@laptop"
    assert titled("  my \n laptop ", "x") == "my laptop"
    for title in ("", " ", "x" * 256, "a\0b"):
        with pytest.raises(Malformed) as caught:
            titled(title, "")
        assert caught.value.code == "title_invalid"


def test_a_fingerprint_is_of_base64_only() -> None:
    with pytest.raises(ValueError, match=r"base64|character|padding"):
        fingerprint("no base64!")
