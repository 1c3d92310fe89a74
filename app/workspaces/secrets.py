"""What an instance proves itself with: derived from the master key, so that nothing is stored.

The token goes to the instance alone, the proof key to instance and proxies. Both
are worth one instance; whoever has the database but not the master key has neither.
"""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Secrets:
    """Derives an instance's secrets; `master` is the installation's key, 32 bytes."""

    def __init__(self, master: bytes) -> None:
        assert len(master) >= 32, "a master key has at least 256 bit"
        self._master = master

    def token(self, instance: str) -> str:
        """Return the instance token: 256 bit, base64url without padding."""
        return urlsafe_b64encode(self._derive("instance-token", instance)).rstrip(b"=").decode()

    def proof_key(self, instance: str) -> str:
        """Return the base64 key of the proof header."""
        return b64encode(self._derive("proof-key", instance)).decode()

    def _derive(self, purpose: str, instance: str) -> bytes:
        info = f"podium/{purpose}/{instance}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._master)


def hash_of(token: str) -> str:
    """Return the hex SHA-256 under which a token is looked up; it has 256 random bits."""
    return sha256(token.encode()).hexdigest()
