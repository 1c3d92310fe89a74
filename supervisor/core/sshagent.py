"""The ssh agent protocol (draft-miller-ssh-agent), as far as signing in needs it. Pure.

A message is a length of four bytes, a kind of one byte, and its content. Whoever asks for
anything but the list of keys and a signature is answered that it failed.
"""

import struct
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass

LARGEST = 32768
"""Bytes of a message; ssh's own are below 2000."""

_REQUEST_IDENTITIES = 11
_IDENTITIES_ANSWER = 12
_SIGN_REQUEST = 13
_SIGN_RESPONSE = 14
FAILED = b"\x00\x00\x00\x01\x05"


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Asks which keys are there."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Asks for a signature of the data with the key."""

    key: bytes
    data: bytes


def parse(message: bytes) -> ListKeys | Sign | None:
    """Return what a message (without its length) asks for; None is answered with FAILED."""
    if message == bytes([_REQUEST_IDENTITIES]):
        return ListKeys()
    if message[:1] != bytes([_SIGN_REQUEST]):
        return None
    key, rest = _take(message[1:])
    data, rest = _take(rest)
    return Sign(key, data) if key and data and len(rest) == 4 else None


def keys_answer(public: str, comment: str) -> bytes:
    """Return the list with the one key of a public line, or without any for an empty one."""
    parts = public.split(" ")
    try:
        blob = b64decode(parts[1], validate=True) if len(parts) > 1 else b""
    except (Base64Error, ValueError):
        blob = b""
    listed = _string(blob) + _string(comment.encode()) if blob else b""
    return _message(_IDENTITIES_ANSWER, struct.pack(">I", 1 if blob else 0) + listed)


def signature_answer(signature: bytes) -> bytes:
    """Return the answer to `Sign`."""
    return _message(_SIGN_RESPONSE, _string(signature)) if signature else FAILED


def _message(kind: int, content: bytes) -> bytes:
    return struct.pack(">IB", len(content) + 1, kind) + content


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _take(data: bytes) -> tuple[bytes, bytes]:
    """Return the string at the beginning and what follows; two empty ones when there is none."""
    if len(data) < 4:
        return b"", b""
    (length,) = struct.unpack(">I", data[:4])
    return (data[4 : 4 + length], data[4 + length :]) if len(data) >= 4 + length else (b"", b"")
