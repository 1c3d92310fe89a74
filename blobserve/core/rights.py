"""Who may do what at the registry. Denied is what nothing here allows.

The installation's own processes come by a listener of their own and may read everything.
Everybody else shows a token: an instance's is worth the image of that instance, a build's is
worth its own name, to write and to read, and the names that its ticket says it reads.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field

from blobserve.core.faults import Fault
from blobserve.core.names import Asked, Built, Instance, Kind
from wire.registry import BUILT, InstanceImage, PushTicket, Token, read_token, same_token

_READS = frozenset({"GET", "HEAD"})
_WRITES = {
    Kind.MANIFEST: frozenset({"PUT"}),
    Kind.UPLOADS: frozenset({"POST"}),
    Kind.UPLOAD: frozenset({"PATCH", "PUT", "DELETE"}),
}
_ONLY_WRITERS = frozenset({Kind.UPLOADS, Kind.UPLOAD})
"""What is part of writing, whatever the method."""
_LONGEST = 2048
"""Characters of an Authorization header."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a process of the installation, or somebody with, or without, a token."""

    own: bool = False
    token: Token | None = None
    """Proven, of `document`."""
    document: PushTicket | InstanceImage | None = None
    passwords: str = field(default="", repr=False)
    """With which other registries are asked beside the installation's; see `PullPasswords`."""

    @property
    def known(self) -> bool:
        """Whether the asker is somebody."""
        return self.own or self.document is not None


STRANGER = Asker()


def shown_token(header: str) -> str:
    """Return the token of an Authorization header; empty when it shows none.

    Basic's user name does not count: clients want one, and tools differ in what they send.
    """
    scheme, _, rest = header.partition(" ")
    if len(header) > _LONGEST:
        return ""
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        plain = b64decode(rest.strip(), validate=True).decode()
    except (Base64Error, ValueError):
        return ""
    return plain.partition(":")[2].strip()


def claimed(header: str) -> Token | None:
    """Return which document the shown token claims to be worth."""
    return read_token(shown_token(header))


def proven(
    header: str, token: Token, document: PushTicket | InstanceImage | None, now: float
) -> Asker:
    """Return who asks, once the document that the token claims has been read."""
    if document is None or not same_token(shown_token(header), document.token):
        return STRANGER
    if isinstance(document, PushTicket) and now >= document.until:
        return STRANGER
    passwords = document.passwords if isinstance(document, PushTicket) else ""
    return Asker(token=token, document=document, passwords=passwords)


def check(asker: Asker, method: str, asked: Asked) -> None:
    """Return when the request is allowed; raises Fault otherwise."""
    if not asker.known:
        raise Fault.unauthorized()
    if method in _WRITES.get(asked.kind, frozenset()) or asked.kind in _ONLY_WRITERS:
        if method not in _READS | _WRITES[asked.kind]:
            raise Fault.unsupported(f"{method} means nothing at this address.")
        _check_writing(asker, asked)
        return
    if method not in _READS:
        raise Fault.unsupported("Images can only be read here.")
    if asker.own or asked.kind is Kind.VERSION or _reads(asker, asked):
        return
    raise Fault.denied("This token is worth another image.")


def _check_writing(asker: Asker, asked: Asked) -> None:
    if asker.own or not isinstance(asker.document, PushTicket):
        raise Fault.denied("Only the token of a build writes, and only the build's own name.")
    if not _is_own(asker, asked):
        raise Fault.denied("This token writes another name.")


def _is_own(asker: Asker, asked: Asked) -> bool:
    token, repository = asker.token, asked.repository
    if token is None:
        return False
    if isinstance(repository, Built):
        return (token.kind, token.name) == (BUILT, repository.key)
    if isinstance(repository, Instance):
        return token.kind != BUILT and token.name == str(repository.instance)
    return False


def _reads(asker: Asker, asked: Asked) -> bool:
    if _is_own(asker, asked):
        return True
    document = asker.document
    return isinstance(document, PushTicket) and str(asked.repository) in document.reads
