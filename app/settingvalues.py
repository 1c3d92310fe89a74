"""Settings of the server that are more than a word: read, and refused with what to write."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from kit import env
from kit.databaseurl import server_url

_NODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_DAEMON = re.compile(r"/.|grpcs://[^/?#@\s]+:[0-9]{1,5}\Z", re.ASCII)


def database_of(text: str) -> str:
    """Return the URL of a PostgreSQL, or an empty text; raises SettingError."""
    if text and not server_url(text):
        raise env.SettingError(
            "PODIUM_DATABASE: write for example postgresql://user:password@host/podium"
        )  # what it says is not repeated: it may hold a password
    return text


def redis_of(text: str) -> str:
    """Return the URL of a Redis, or an empty text; raises SettingError."""
    if text and not text.startswith(("redis://", "rediss://")):
        raise env.SettingError("PODIUM_REDIS: write for example redis://user:password@host")
    return text  # what it says is not repeated: it may hold a password


def network_of(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the listeners on a network; none of them does without certificates."""
    names = ("PODIUM_LISTEN_PUBLIC", "PODIUM_LISTEN_INTERNAL", "PODIUM_LISTEN_AGENT")
    found = {one: env.listener(environ, one) for one in names}
    certs = env.text(environ, "PODIUM_LINK_CERTS", "")
    if any(found.values()) and not certs:
        raise env.SettingError(f"{' and '.join(filter(found.get, names))}: set PODIUM_LINK_CERTS")
    fields = {one.removeprefix("PODIUM_").lower(): at for one, at in found.items()}
    return {**fields, "link_certs": PurePosixPath(certs) if certs else None}


def nodes_of(environ: Mapping[str, str], name: str) -> Mapping[str, str]:
    """Return the address of each further node's daemon. Raises SettingError."""
    found: dict[str, str] = {}
    for part in env.parts(environ, name, ","):
        node, _, address = part.partition("=")
        if not _NODE.fullmatch(node) or node in {*found, "local"} or not _DAEMON.match(address):
            raise env.SettingError(
                f"{name}={part!r}: write for example b=/run/b/daemon/daemon.sock or "
                "b=grpcs://host:8443; names are small letters, digits and hyphens, each once, and "
                "local is taken"
            )
        if not address.startswith("/") and not environ.get("PODIUM_LINK_CERTS"):
            raise env.SettingError(f"{name}={part!r} needs certificates: set PODIUM_LINK_CERTS")
        found[node] = address
    return found
