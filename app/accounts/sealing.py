"""Sealing: what has to be given out again, and so cannot be a hash, rests encrypted.

AES-256-GCM under a key that is derived from the master key; `about` (whose it is, and
for what) is bound in, so that a sealed value cannot be moved to another row.
"""

from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE = 12
"""Bytes; random, which is safe for the few values that one installation ever seals."""


class Unsealable(Exception):
    """It was sealed under a key that is gone, for something else, or was altered."""


class Seal:
    """Seals with the first key, opens with any of them."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = [AESGCM(key) for key in keys]

    def close(self, plain: bytes, about: str) -> bytes:
        """Return the sealed value."""
        nonce = urandom(_NONCE)
        return _VERSION + nonce + self._keys[0].encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Return what was sealed about this; raises Unsealable."""
        return self._open(sealed, about)[0]

    def renew(self, sealed: bytes, about: str) -> bytes | None:
        """Return the value sealed under the first key; None when it is already.

        Raises Unsealable.
        """
        plain, first = self._open(sealed, about)
        return None if first else self.close(plain, about)

    def _open(self, sealed: bytes, about: str) -> tuple[bytes, bool]:
        nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if sealed[:1] != _VERSION or len(nonce) != _NONCE:
            raise Unsealable(about)
        for number, key in enumerate(self._keys):
            try:
                return key.decrypt(nonce, rest, about.encode()), number == 0
            except InvalidTag:
                continue
        raise Unsealable(about)
