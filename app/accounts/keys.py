"""Keys of the installation, all derived from the master key, which alone is kept in a file.

The file is a ring of one or more 32-byte keys, newest first. The newest signs, seals and
derives; the others only verify what they signed, until a grant's life has passed, and
open what they sealed, which the server seals anew at its start. To renew the key, put a
new one in front and restart; to end the renewal, cut the old ones off.
"""

from base64 import b64encode
from hmac import compare_digest
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.accounts.sealing import Seal
from kit.env import SettingError

LENGTH = 32
"""Bytes of one master key."""


class Keys:
    """The master key and what is derived from it for accounts."""

    def __init__(self, master: bytes, *older: bytes) -> None:
        self.master = master
        self.signing = _signing(master)
        self._older = [_signing(one) for one in older]
        self.seal = Seal(*(derive(one, "sealing") for one in (master, *older)))

    @classmethod
    def load(cls, path: Path) -> "Keys":
        """Read the ring; raises SettingError when it is missing or not made of whole keys."""
        try:
            ring = path.read_bytes()
        except OSError as error:
            raise SettingError(f"the master key {path} cannot be read: {error.strerror}") from error
        if not ring or len(ring) % LENGTH:
            raise SettingError(f"the master key {path} must be {LENGTH} bytes, or more such keys")
        return cls(*(ring[at : at + LENGTH] for at in range(0, len(ring), LENGTH)))

    def public_keys(self) -> list[str]:
        """Return base64 of the public keys that verify grants, newest first."""
        return [
            b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
            for key in self.all_signing
        ]

    @property
    def all_signing(self) -> list[Ed25519PrivateKey]:
        """Return the keys that have signed what may still be shown, newest first."""
        return [self.signing, *self._older]

    def csrf(self, session: str) -> str:
        """Return the CSRF token of a session: worth that session, needs no storage."""
        return derive(self.master, f"csrf/{session}").hex()

    def is_csrf(self, session: str, token: str) -> bool:
        """Tell, in constant time, whether this is the session's CSRF token."""
        return compare_digest(self.csrf(session).encode(), token.encode())


def _signing(master: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(master, "grant-signing"))


def derive(master: bytes, purpose: str) -> bytes:
    """Return a key for one purpose; purposes tell nothing about each other."""
    info = f"podium/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=LENGTH, salt=None, info=info).derive(master)
