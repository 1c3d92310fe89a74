import struct
from base64 import b64encode

import pytest

from supervisor.core.sshagent import (
    FAILED,
    ListKeys,
    Sign,
    keys_answer,
    parse,
    signature_answer,
)

BLOB = b"blob"
PUBLIC = f"ssh-ed25519 {b64encode(BLOB).decode()}"


def text(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def test_two_questions_are_understood():
    assert parse(b"\x0b") == ListKeys()
    assert parse(b"\x0d" + text(b"key") + text(b"data") + b"\0\0\0\4") == Sign(b"key", b"data")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x0b\x00",
        b"\x0d",
        b"\x0d" + text(b"key"),
        b"\x0d" + text(b"key") + text(b"data"),
        b"\x0d" + text(b"key") + b"\xff\xff\xff\xff",
        b"\x0d" + text(b"") + text(b"data") + b"\0\0\0\0",
        b"\x11" + text(b"add this key"),
        b"\x12",
        b"\x1b" + text(b"session-bind@openssh.com"),
    ],
)
def test_everything_else_fails(message):
    assert parse(message) is None


def test_answers_are_as_ssh_reads_them():
    assert keys_answer(PUBLIC, "c") == text(b"\x0c\0\0\0\1" + text(BLOB) + text(b"c"))
    for none in ("", "x", "ssh-ed25519 ???"):
        assert keys_answer(none, "c") == text(b"\x0c\0\0\0\0")
    assert signature_answer(b"s") == text(b"\x0e" + text(b"s"))
    assert signature_answer(b"") == FAILED == text(b"\x05")
