"""A repository's beginning, written as `restic init` would, without its seconds of work.

restic looks for a price of scrypt, and derives from the password at that price. The password here
is 32 random bytes and no person's word, which needs no stretching: the least price does. restic
reads the repository as any other. Its format:
https://github.com/restic/restic/blob/v0.14.0/doc/design.rst#repository-format
"""

import importlib
import json
import os
import secrets
import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import scrypt, sha256
from typing import Any, Final

_COST: Final = {"N": 1024, "r": 8, "p": 1}
_MEMORY: Final = 1 << 30
NONCE: Final = 16
_DEGREE: Final = 53
_X: Final = 2
_CIPHERS: Final = "cryptography.hazmat.primitives.ciphers"


def load(libraries: str) -> None:
    """Load the ciphers, which the box has not, from the daemon's own libraries."""
    sys.path.append(libraries)
    for name in (_CIPHERS, f"{_CIPHERS}.algorithms", "cryptography.hazmat.primitives.poly1305"):
        importlib.import_module(name)
    _cipher(bytes(64), bytes(NONCE), b"")  # what it loads by itself at its first use


def fresh(password: str) -> dict[str, bytes]:
    """Return the files of a repository that holds nothing: path to content, the config last."""
    master = os.urandom(64)
    parts = {
        "mac": {"k": _text(master[32:48]), "r": _text(master[48:])},
        "encrypt": _text(master[:32]),
    }
    key = {
        "created": datetime.now(UTC).isoformat(),
        "username": "podium",
        "hostname": "podium",
        "kdf": "scrypt",
        **_COST,
        "salt": _text(os.urandom(64)),
    }
    key["data"] = _text(_sealed(_derive(password, key), parts))
    text = json.dumps(key).encode()
    return {f"keys/{sha256(text).hexdigest()}": text, "config": _config(master)}


def config_of(password: str, key_file: bytes) -> bytes:
    """Return a config for a repository that has lost its own: what it holds can be read again.

    Files are cut in other places from there on, so they are stored once more. Raises ValueError
    or KeyError for a key file that is of no use.
    """
    return _config(master_of(password, key_file))


def master_of(password: str, key_file: bytes) -> bytes:
    """Return the 64 bytes that a repository's files are sealed with. Raises as `config_of`."""
    key = json.loads(key_file)
    parts = json.loads(opened(_derive(password, key), b64decode(key["data"])))
    names = (parts["encrypt"], parts["mac"]["k"], parts["mac"]["r"])
    return b"".join(b64decode(one) for one in names)


def opened(key: bytes, data: bytes) -> bytes:
    """Return what was sealed. Raises ValueError when it is not that any more, or of another key."""
    nonce, closed, tag = data[:NONCE], data[NONCE:-NONCE], data[-NONCE:]
    if len(data) < 2 * NONCE or _tag(key, nonce, closed) != tag:
        raise ValueError("it is not of this key")
    return _cipher(key, nonce, closed)


def sealed(key: bytes, plain: bytes) -> bytes:
    """Return bytes as restic seals them: a nonce, the sealed bytes, and a tag."""
    nonce = os.urandom(NONCE)
    data = _cipher(key, nonce, plain)
    return nonce + data + _tag(key, nonce, data)


def _config(master: bytes) -> bytes:
    config = {
        "version": 2,
        "id": os.urandom(32).hex(),
        "chunker_polynomial": f"{_polynomial():x}",
    }
    return _sealed(master, config)


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _sealed(key: bytes, document: dict[str, Any]) -> bytes:
    return sealed(key, json.dumps(document, separators=(",", ":")).encode())


def _polynomial() -> int:
    """Return an irreducible polynomial over GF(2), a bit for each power: what cuts files."""
    while True:
        found = 1 << _DEGREE | secrets.randbits(_DEGREE) | 1
        # the degree is a prime: without a root, and x to the power of 2 ** degree is x
        if found.bit_count() % 2 and _power(found) == _X:
            return found


def _power(polynomial: int) -> int:
    """Return x to the power of 2 ** degree, modulo the polynomial."""
    power = _X
    for _ in range(_DEGREE):
        power = int(f"{power:b}", 4)  # squared: a bit for each second power
        while (over := power.bit_length() - polynomial.bit_length()) >= 0:
            power ^= polynomial << over
    return power


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
