"""What the SSH gateway asks of the server, and how it and a workspace's SSH server know each other.

The gateway holds no truth. POST on the internal listener: `authenticate` names who shows a key or
a password, `enter` starts the workspace when it has to and says where it stands, `held` tells
which connections are open and learns which of them are void. All are questions about state, and
repeating one is harmless.

Inside, the supervisor serves SSH at `SSH_PORT`. What both ends prove themselves with is derived
from the instance's key, which the processes of a workspace do not have.
"""

import hmac
from base64 import b64decode
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct, field

AUTHENTICATE_PATH = "/internal/ssh/authenticate"
ENTER_PATH = "/internal/ssh/enter"
HELD_PATH = "/internal/ssh/held"

SSH_PORT = 23001
"""Inside a workspace, on loopback."""
TUNNEL_PATHS = ("/_ssh/tunnel", "/_supervisor/tunnel/ssh")
"""On a workspace's IDE host: a WebSocket that carries an SSH connection in binary messages."""
HOST_KEYS_PATH = "/_ssh/host_keys"
TUNNEL_TOKEN_HEADER = "x-podium-ssh-token"  # noqa: S105 - a header's name
"""A password for ten minutes, from programs; browsers have a grant."""
TUNNEL_BEARER_HEADER = "x-podium-ssh-bearer"
"""`<user> <session>` of a grant, from the proxy to the gateway's own socket alone."""

Word = Annotated[str, Meta(max_length=200)]


class Authenticate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who shows this for a workspace; one of `key` and `token` is given."""

    workspace: Word
    key: Annotated[str, Meta(max_length=8192)] = ""
    """`ssh-ed25519 AAAA…`; the gateway makes sure that the client has its other half."""
    token: Word = ""


class Known(Struct, frozen=True, kw_only=True):
    """A person, and what they came with: `key:<id>`, `token:<id>` or `session:<id>`."""

    user: Word
    credential: Word


class Enter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether this person may come in, and can now."""

    workspace: Word
    user: Word
    credential: Word
    seen: Word = ""
    """`doing` of the last answer: this one comes when there is news, or after some seconds."""


class Entry(Struct, frozen=True, kw_only=True):
    """Where the workspace stands. Refusals are problems, with 403, 404 or 409."""

    ready: bool
    instance: str = ""
    key: str = ""
    """Base64 key of the instance, once it is ready."""
    dial: str = ""
    """Path of the dial socket of its node; empty is this machine's."""
    at: str = ""
    """Address and port of the door of its supervisor; empty where there is none."""
    doing: str = ""
    """What is waited for, in a few words."""


class Held(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An open connection of the gateway's."""

    id: int
    workspace: Word
    instance: Word
    user: Word
    credential: Word
    used: bool = False
    """Whether somebody has used it since it was told last."""


class HeldAll(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/ssh/held."""

    held: Annotated[list[Held], Meta(max_length=1000)]


class Void(Struct, frozen=True, kw_only=True):
    """Connections that have to end now, and why: id → words for the person."""

    void: dict[int, str] = field(default_factory=dict)


def host_of(name: str) -> str:
    """Return what to connect to; names below localhost are known to browsers alone."""
    return "localhost" if name.endswith(".localhost") else name


def command_of(workspace: str, name: str, port: int) -> str:
    """Return what somebody types; `name` is the dashboard's."""
    at = "" if port == 22 else f" -p {port}"
    return f"ssh {workspace}@{host_of(name)}{at}"


def login_password(key: str) -> str:
    """Return what the gateway signs in with; `key` is the instance's, base64."""
    return _derive(key, b"ssh-login").hex()


def login_digest(password: str) -> str:
    """Return what the SSH server inside keeps of the password."""
    return sha256(password.encode()).hexdigest()


def host_seed(key: str) -> bytes:
    """Return the 32 secret bytes of the Ed25519 host key inside."""
    return _derive(key, b"ssh-host")


def _derive(key: str, purpose: bytes) -> bytes:
    return hmac.digest(b64decode(key), b"podium " + purpose, "sha256")
