"""Passwords for registries: Docker's config.json, and Gitpod's `host:base64,…` of one variable."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from msgspec import field as member

from kit.oci.core.references import DOCKER
from kit.oci.core.refusals import Refused

_OTHER_NAMES_OF_DOCKER = frozenset(
    {"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"}
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """For one registry: user and password, or what Docker calls an identity token."""

    user: str = ""
    password: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    """Identity token, exchanged for others."""
    raw: str = field(default="", repr=False)
    """What stood in the file and is no user with a password: sent as it is."""

    @property
    def basic(self) -> str:
        """The value of an Authorization field; empty when there is nothing for one."""
        if self.raw:
            return f"Basic {self.raw}"
        if not self.user and not self.password:
            return ""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


_AFTER_HOST = re.compile(r"[/?#]")
Secrets = Mapping[str, Credentials]
"""Host as in references → credentials."""
NONE: Secrets = {}


class _Entry(Struct):
    auth: str = ""
    username: str = ""
    password: str = ""
    identity: str = member(default="", name="identitytoken")


class _File(Struct):
    auths: dict[str, _Entry] = member(default_factory=dict)


def read_docker_config(content: bytes) -> dict[str, Credentials]:
    """Return what a config.json holds, by host; raises Refused, which repeats nothing of it."""
    try:
        found = msgspec.json.decode(content, type=_File).auths
    except (msgspec.DecodeError, UnicodeDecodeError):
        # the error would quote the file
        raise Refused("the passwords for registries are no config.json of Docker") from None
    return {host_of(name): _credentials(entry) for name, entry in found.items()}


def read_image_auth(text: str) -> dict[str, Credentials]:
    """Return what `host:base64,…` says (GITPOD_IMAGE_AUTH), by host; what is broken is left out."""
    found = {}
    for one in text.split(","):
        host, colon, encoded = one.strip().rpartition(":")
        if colon and host and encoded:
            found[host_of(host)] = decode(encoded)
    return found


def decode(encoded: str) -> Credentials:
    """Return user and password of their base64; what has none is kept as it is.

    Split at the last colon, as Gitpod does: a user may have one, its tokens have none.
    """
    try:
        plain = base64.b64decode(encoded, validate=True).decode().rstrip("\r\n")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Credentials(raw=encoded)
    user, colon, password = plain.rpartition(":")
    if not colon:
        return Credentials(raw=encoded)
    return Credentials(user, password)


def host_of(name: str) -> str:
    """Return the host that a key of config.json means: some are URLs."""
    host = _AFTER_HOST.split(name.partition("://")[2] or name)[0]
    host = host.rpartition("@")[2].lower()
    return DOCKER if host in _OTHER_NAMES_OF_DOCKER else host


def is_ecr(host: str) -> bool:
    """Tell whether a registry is Amazon's, whose passwords are made anew every few hours."""
    labels = host.partition("/")[0].split(".")
    return (
        len(labels) in {6, 7}
        and labels[0].isdigit()
        and labels[1:3] == ["dkr", "ecr"]
        and labels[4:6] == ["amazonaws", "com"]
    )


def _credentials(entry: _Entry) -> Credentials:
    if entry.identity:
        return Credentials(entry.username, refresh=entry.identity)
    if entry.username or entry.password:
        return Credentials(entry.username, entry.password)
    return decode(entry.auth) if entry.auth else Credentials()
