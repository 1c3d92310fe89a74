"""A repository's password costs no stretching here: it is 32 random bytes, not a person's word.

restic derives from it with scrypt at a price of half a second of processor time for each call.
The key file of a fresh repository is written anew with scrypt's least price; restic reads it
as any other. Its format: https://github.com/restic/restic/blob/v0.14.0/doc/design.rst#keys-encryption-and-mac
"""

import importlib
import json
import os
import sys
from base64 import b64decode, b64encode
from hashlib import scrypt, sha256
from pathlib import Path
from typing import Any, Final

from daemon.host.restic_box import REPOSITORY

_COST: Final = {"N": 1024, "r": 8, "p": 1}
_MEMORY: Final = 1 << 30
_NONCE: Final = 16
_TAG: Final = 16
_CIPHERS: Final = "cryptography.hazmat.primitives.ciphers"


def load(libraries: str) -> None:
    """Load the ciphers, which the box has not, from the daemon's own libraries."""
    sys.path.append(libraries)
    for name in (_CIPHERS, f"{_CIPHERS}.algorithms", "cryptography.hazmat.primitives.poly1305"):
        importlib.import_module(name)
    _cipher(bytes(64), bytes(_NONCE), b"")  # what it loads by itself at its first use


def cheapen(password: str) -> None:
    """Replace the only key file of the repository. Raises ValueError for a wrong password."""
    (old,) = Path(REPOSITORY, "keys").iterdir()
    key = json.loads(old.read_text())
    data = b64decode(key["data"])
    nonce, sealed, tag = data[:_NONCE], data[_NONCE:-_TAG], data[-_TAG:]
    derived = _derive(password, key)
    if _tag(derived, nonce, sealed) != tag:
        raise ValueError("the key file is not of this password")
    plain = _cipher(derived, nonce, sealed)
    key |= _COST
    derived, nonce = _derive(password, key), os.urandom(_NONCE)
    sealed = _cipher(derived, nonce, plain)
    key["data"] = b64encode(nonce + sealed + _tag(derived, nonce, sealed)).decode()
    text = json.dumps(key).encode()
    old.with_name(sha256(text).hexdigest()).write_bytes(text)
    old.unlink()


def _derive(password: str, key: dict[str, Any]) -> bytes:
    """Return 32 bytes for AES-256, then 16 and 16 for the two halves of Poly1305-AES."""
    salt = b64decode(key["salt"])
    return scrypt(
        password.encode(), salt=salt, n=key["N"], r=key["r"], p=key["p"], maxmem=_MEMORY, dklen=64
    )


def _cipher(derived: bytes, nonce: bytes, data: bytes) -> bytes:
    ciphers = importlib.import_module(_CIPHERS)
    cipher = ciphers.Cipher(ciphers.algorithms.AES(derived[:32]), ciphers.modes.CTR(nonce))
    return bytes(cipher.encryptor().update(data))


def _tag(derived: bytes, nonce: bytes, data: bytes) -> bytes:
    ciphers = importlib.import_module(_CIPHERS)
    poly = importlib.import_module("cryptography.hazmat.primitives.poly1305")
    block = ciphers.Cipher(ciphers.algorithms.AES(derived[32:48]), ciphers.modes.ECB())
    s = bytes(block.encryptor().update(nonce))
    return bytes(poly.Poly1305.generate_tag(derived[48:64] + s, data))
