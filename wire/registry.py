"""What server, daemon, builders and the registry facade agree on: names, tokens, documents.

    /v2/docker.io/library/python/…      an image of a registry, as it is there
    /v2/built/<content hash>/…          an image that was built here
    /v2/instance/<workspace>.<n>/…      the image of one start, composed when it is asked for
    /v2/podium/code/…                   what set-up has built, as images (`wire.ownimages`)

A port in a host is written with `_`, which no host has, since names of repositories have no
colon: `127.0.0.1_5000/app`. A token names the document that it is worth, and the document,
which the server writes and removes, holds its sha256: whoever reads the documents has no token.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from msgspec import Struct, field

from wire.ids import parse_instance_id

BUILT = "built"
INSTANCE = "instance"
PULL = "pull"
"""Documents of passwords, see `PullPasswords`; no token is worth one."""
FOR = "Podium-For"
"""Header of the installation's own requests: the instance whose person's passwords count."""
LATEST = "latest"
"""The one tag of what is not upstream's."""
LONGEST_TOKEN = 512
"""Characters; a longer one is refused before it is looked at."""
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,128}", re.ASCII)


class PushTicket(Struct, frozen=True, kw_only=True):
    """What the token of a build may do, until it ends: write one name, and read some."""

    token: str
    """Hexadecimal sha256 of the whole token."""
    until: int
    """Seconds since 1970, after which the token is worth nothing even if nobody has ended it."""
    most: int
    """Bytes that may be written, all blobs together."""
    reads: list[str] = field(default_factory=list)
    """Names that it may read beside its own, as `facade_name` spells them."""
    known: list[str] = field(default_factory=list)
    """Digests of blobs that its image may have without pushing them, when the store has them: those
    of the installation's own images. For any other, knowing a digest is worth nothing."""
    passwords: str = ""
    """Of the person for whom it is built, for the registries of `reads`; see `PullPasswords`."""


class InstanceImage(Struct, frozen=True, kw_only=True):
    """What the image of a start is composed of, and the token that may read it."""

    token: str
    """Hexadecimal sha256 of the whole token."""
    base: str
    """Reference with a digest, `docker.io/library/python@sha256:…`, `built/<content hash>`, or
    `podium/default:<folder of set-up>` (`wire.ownimages`)."""
    additions: list[str] = field(default_factory=list)
    """What comes above it, lowest first: trees that set-up has built, as `wire.ownimages` names
    them (`ide/<tree>`); everything else is the reference of an image in the store."""
    passwords: str = ""
    """Of the start's person, for the registry of the base; see `PullPasswords`."""


class PullPasswords(Struct, frozen=True, kw_only=True):
    """With what a person's start may ask registries, while it waits for its image."""

    passwords: str
    """`host:base64,…`, the value of GITPOD_IMAGE_AUTH."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says of itself, which proves nothing."""

    kind: str
    """`built` or `instance`."""
    name: str
    """Content hash or instance id."""


def facade_name(host: str, repository: str) -> str:
    """Return how the facade calls a repository of a registry."""
    return f"{host.replace(':', '_')}/{repository}"


def registry_name(facade: str) -> str:
    """Return the reference without tag and digest of what the facade calls so."""
    first, slash, rest = facade.partition("/")
    return f"{first.replace('_', ':')}{slash}{rest}"


def is_content_hash(text: str) -> bool:
    """Tell whether a text is the content hash of a build."""
    return _KEY.fullmatch(text) is not None


def spell_token(kind: str, name: str, secret: str) -> str:
    """Return the token of a document; `secret` is at least 32 characters of base64url."""
    assert _SECRET.fullmatch(secret)
    return f"{kind}.{name}.{secret}"


def read_token(text: str) -> Token | None:
    """Return which document a token claims to be worth, or None."""
    if len(text) > LONGEST_TOKEN:
        return None
    kind, _, rest = text.partition(".")
    name, _, secret = rest.rpartition(".")
    if _SECRET.fullmatch(secret) is None or not is_document(kind, name) or kind == PULL:
        return None
    return Token(kind, name)


def is_document(kind: str, name: str) -> bool:
    """Tell whether there may be a document of that kind and name: both are safe in a path."""
    if kind == BUILT:
        return is_content_hash(name)
    return kind in {INSTANCE, PULL} and parse_instance_id(name) is not None


def hash_token(text: str) -> str:
    """Return what a document holds of its token."""
    return sha256(text.encode()).hexdigest()


def same_token(text: str, held: str) -> bool:
    """Tell whether a document holds this token, in constant time."""
    return hmac.compare_digest(hash_token(text), held)


def encode(document: PushTicket | InstanceImage | PullPasswords) -> bytes:
    """Return the bytes of a document."""
    return msgspec.json.encode(document)


def decode_ticket(body: bytes) -> PushTicket | None:
    """Return the ticket, or None for what is none."""
    try:
        return msgspec.json.decode(body, type=PushTicket)
    except msgspec.DecodeError:
        return None


def decode_image(body: bytes) -> InstanceImage | None:
    """Return what an image is composed of, or None for what tells nothing."""
    try:
        return msgspec.json.decode(body, type=InstanceImage)
    except msgspec.DecodeError:
        return None


def decode_passwords(body: bytes) -> str:
    """Return the passwords of a document, empty for what tells nothing."""
    try:
        return msgspec.json.decode(body, type=PullPasswords).passwords
    except msgspec.DecodeError:
        return ""
