import struct
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from app.faults import Malformed
from app.gitaccess import sshkeys

SECRET, PUBLIC = sshkeys.make()
BLOB = sshkeys.blob_of(PUBLIC)


def text(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def sign_in(
    *,
    kind: int = 50,
    service: bytes = b"ssh-connection",
    method: bytes = b"publickey",
    has_signature: bytes = b"\x01",
    algorithm: bytes = b"ssh-ed25519",
    blob: bytes = BLOB,
    more: bytes = b"",
) -> bytes:
    head = text(b"s" * 32) + bytes([kind]) + text(b"git", service, method)
    return head + has_signature + text(algorithm, blob) + more


def test_ssh_itself_reads_the_key_and_knows_its_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(sshkeys.as_file(SECRET))
    public = subprocess.run(
        ["ssh-keygen", "-y", "-f", file], capture_output=True, text=True, check=True
    )
    assert public.stdout.split()[:2] == PUBLIC.split()
    told = subprocess.run(["ssh-keygen", "-lf", file], capture_output=True, text=True, check=True)
    assert told.stdout.split()[1] == sshkeys.fingerprint(PUBLIC.split()[1])


def test_two_keys_are_never_the_same() -> None:
    assert sshkeys.make()[1] != PUBLIC


def test_a_signature_is_one_of_the_key() -> None:
    assert sshkeys.sign(SECRET, b"x").startswith(text(b"ssh-ed25519"))
    assert len(sshkeys.sign(SECRET, b"x")) == 4 + 11 + 4 + 64


@pytest.mark.parametrize(
    "data",
    [
        sign_in(),
        sign_in(method=b"publickey-hostbound-v00@openssh.com", more=text(b"host key")),
    ],
)
def test_what_ssh_signs_to_sign_in_is_signed(data: bytes) -> None:
    assert sshkeys.is_sign_in(data, BLOB)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSHSIG" + text(b"git", b"", b"sha512", b"h" * 64),
        b"any text at all that is long enough to be something",
        sign_in(kind=51),
        sign_in(service=b"ssh-userauth"),
        sign_in(method=b"password"),
        sign_in(has_signature=b"\x00"),
        sign_in(algorithm=b"ssh-rsa"),
        sign_in(blob=b"another key"),
        sign_in(more=b"more"),
        sign_in(method=b"publickey-hostbound-v00@openssh.com"),
        sign_in()[:-1],
        b"\xff\xff\xff\xff",
    ],
)
def test_nothing_else_is(data: bytes) -> None:
    assert not sshkeys.is_sign_in(data, BLOB)


def test_a_host_key_is_what_it_says() -> None:
    key = b64encode(text(b"ssh-ed25519", b"k" * 32)).decode()
    sshkeys.check_host_key("ssh-ed25519", key)
    for algorithm, wrong in [
        ("ssh-rsa", key),
        ("ssh-ed25519", ""),
        ("ssh-ed25519", "not base64"),
        ("ssh-ed25519", b64encode(b"x").decode()),
        ("ssh-ed25519", key + "\n"),
        ("ssh-ed25519 x", key),
        ("*", key),
    ]:
        with pytest.raises(Malformed):
            sshkeys.check_host_key(algorithm, wrong)
