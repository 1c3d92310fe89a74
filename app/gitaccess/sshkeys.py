"""ssh keys: made, shown as text, fingerprinted, and used to sign. Pure but for the making."""

import re
import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from app.faults import Malformed

ALGORITHM = "ssh-ed25519"
_HOST_ALGORITHM = re.compile(r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60}", re.ASCII)
_LONGEST = 4096
"""Characters of a host key; an RSA key of 16384 bit has fewer."""
_USERAUTH_REQUEST = 50
_SERVICE = b"ssh-connection"
_METHODS = frozenset({b"publickey", b"publickey-hostbound-v00@openssh.com"})


def make() -> tuple[bytes, str]:
    """Return a new key: 32 secret bytes, and `ssh-ed25519 AAAA…`."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes_raw(), public_of(key)


def public_of(key: Ed25519PrivateKey) -> str:
    """Return the public half as one line without a comment."""
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def as_file(secret: bytes) -> str:
    """Return the private key as ssh-add reads it."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def blob_of(public: str) -> bytes:
    """Return the key of a public line, as the wire has it."""
    return b64decode(public.split(" ")[1])


def sign(secret: bytes, data: bytes) -> bytes:
    """Return ssh's signature blob."""
    signature = Ed25519PrivateKey.from_private_bytes(secret).sign(data)
    return _string(ALGORITHM.encode()) + _string(signature)


def fingerprint(key: str) -> str:
    """Return `SHA256:…` of a base64 key, as ssh shows it; raises Malformed."""
    try:
        blob = b64decode(key, validate=True)
    except (Base64Error, ValueError) as error:
        raise _unreadable() from error
    return f"SHA256:{b64encode(sha256(blob).digest()).decode().rstrip('=')}"


def check_host_key(algorithm: str, key: str) -> None:
    """Raise Malformed (host_key_invalid) unless the two are a host's key."""
    if _HOST_ALGORITHM.fullmatch(algorithm) is None or not 0 < len(key) <= _LONGEST:
        raise _unreadable()
    fingerprint(key)
    try:
        named, _rest = _take(b64decode(key))
    except ValueError as error:
        raise _unreadable() from error
    if named != algorithm.encode():
        raise _unreadable()


def is_sign_in(data: bytes, blob: bytes) -> bool:
    """Tell whether the data is what ssh signs to sign in with this key (RFC 4252, section 7).

    An agent that signs anything else could be made to sign what somebody composed.
    """
    try:
        _session, rest = _take(data)
        if rest[:1] != bytes([_USERAUTH_REQUEST]):
            return False
        _user, rest = _take(rest[1:])
        service, rest = _take(rest)
        method, rest = _take(rest)
        algorithm, rest = _take(rest[1:] if rest[:1] == b"\x01" else b"")
        key, rest = _take(rest)
        if method.startswith(b"publickey-hostbound"):
            _host_key, rest = _take(rest)
    except ValueError:
        return False
    named = (service, algorithm, key) == (_SERVICE, ALGORITHM.encode(), blob)
    return named and method in _METHODS and not rest


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _take(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 4:
        raise ValueError("too short")
    (length,) = struct.unpack(">I", data[:4])
    if len(data) < 4 + length:
        raise ValueError("too short")
    return data[4 : 4 + length], data[4 + length :]


def _unreadable() -> Malformed:
    return Malformed("host_key_invalid", "This is no host key", "It cannot be read.")
