"""Errors of the distribution API: a code that programs know, and a sentence for people.

The codes are those of the specification (OCI distribution 1.1, "Error Codes"); clients print
the message, so it says what to do where there is something to do.
"""

from dataclasses import dataclass
from typing import Self

import msgspec

REALM = 'Basic realm="podium"'
"""What is asked of somebody without a token; any user name is taken, the password is the token."""
_LONGEST = 500
"""Characters of a detail: what an upstream said is shown, but not at any length."""


@dataclass(eq=False)
class Fault(Exception):
    """Why a request gets no answer of another kind."""

    status: int
    code: str
    message: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.detail}".strip()

    @property
    def body(self) -> bytes:
        """The answer's JSON."""
        error = {"code": self.code, "message": self.message, "detail": self.detail[:_LONGEST]}
        return msgspec.json.encode({"errors": [error]})

    @classmethod
    def unauthorized(cls) -> Self:
        return cls(401, "UNAUTHORIZED", "A token is needed here: any user, the token as password.")

    @classmethod
    def denied(cls, why: str) -> Self:
        return cls(403, "DENIED", why)

    @classmethod
    def name_invalid(cls, name: str) -> Self:
        return cls(400, "NAME_INVALID", "This is no name of an image here.", name)

    @classmethod
    def name_unknown(cls, name: str) -> Self:
        return cls(404, "NAME_UNKNOWN", "There is no image of this name here.", name)

    @classmethod
    def manifest_unknown(cls, reference: str) -> Self:
        return cls(404, "MANIFEST_UNKNOWN", "There is no such image.", reference)

    @classmethod
    def manifest_invalid(cls, why: str) -> Self:
        return cls(400, "MANIFEST_INVALID", "The manifest is not taken.", why)

    @classmethod
    def blob_unknown(cls, digest: str) -> Self:
        return cls(404, "BLOB_UNKNOWN", "The image has no such part.", digest)

    @classmethod
    def blob_missing(cls, digest: str) -> Self:
        return cls(
            400, "MANIFEST_BLOB_UNKNOWN", "The manifest names a part that was not pushed.", digest
        )

    @classmethod
    def digest_invalid(cls, why: str) -> Self:
        return cls(400, "DIGEST_INVALID", "What came is not what its digest says.", why)

    @classmethod
    def upload_unknown(cls, number: str) -> Self:
        return cls(404, "BLOB_UPLOAD_UNKNOWN", "There is no such upload; begin a new one.", number)

    @classmethod
    def upload_invalid(cls, why: str) -> Self:
        return cls(400, "BLOB_UPLOAD_INVALID", "The upload cannot go on like this.", why)

    @classmethod
    def out_of_order(cls, have: int) -> Self:
        """A piece that does not begin where the one before has ended."""
        why = f"{have} bytes are here; the next piece begins there"
        return cls(416, "BLOB_UPLOAD_INVALID", "The pieces are out of order.", why)

    @classmethod
    def too_large(cls, most: int) -> Self:
        why = f"at most {most} bytes are taken"
        return cls(413, "SIZE_INVALID", "The image is larger than this build may write.", why)

    @classmethod
    def disk_full(cls) -> Self:
        return cls(507, "UNKNOWN", "The platform's disk is full.")

    @classmethod
    def unsupported(cls, why: str) -> Self:
        return cls(405, "UNSUPPORTED", why)

    @classmethod
    def upstream(cls, why: str) -> Self:
        """Another registry failed, or said what cannot be believed."""
        return cls(502, "UNKNOWN", "The image's own registry did not give it.", why)

    @classmethod
    def away(cls, why: str) -> Self:
        """Another registry cannot be reached, or is busy: worth another attempt."""
        return cls(503, "UNKNOWN", "The image's own registry did not give it.", why)

    @classmethod
    def slow(cls, why: str) -> Self:
        return cls(504, "UNKNOWN", "The image's own registry did not answer in time.", why)
