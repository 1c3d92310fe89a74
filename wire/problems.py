"""Problems: the one shape in which every error crosses a boundary (RFC 9457).

A problem tells what happened (`title`), why (`detail`), what the reader can do
(`cure`) and carries a stable `code` that tests, docs and clients may rely on.
"""

from msgspec import Struct, field

CONTENT_TYPE = "application/problem+json"


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of an error response, and the failure of a step or a daemon call."""

    code: str
    title: str
    status: int = 500
    detail: str = ""
    cure: str = ""
    subject: dict[str, str] = field(default_factory=dict)
    """What the cure is about, for programs and buttons: a host, its key's fingerprint."""
    type: str = ""
    """Where the code is explained (a URI reference); only in answers over HTTP."""
