"""The file of routes of a proxy that runs alone: JSON, described in docs/proxy.md.

The same rules as in an installation, with a file in the place of the route feed.
"""

import re
from base64 import b64decode
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import DecodeError, Meta, Raw, Struct, ValidationError, convert, field
from msgspec.json import Decoder

from wire.hosts import Hosts
from wire.ids import is_workspace_id
from wire.phases import Phase
from wire.routes import AddressTarget, PortRoute, Route, Snapshot

_TARGET = re.compile(r"(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9.-]{1,253}))(?::([0-9]{1,5}))?")
_BYTE = re.compile(r" \(byte ([0-9]+)\)$")


class RouteFileError(Exception):
    """The file cannot be used; the text names the line, the field and the cause."""

    def __init__(self, line: int, place: str, why: str) -> None:
        super().__init__(f"line {line}, {place}: {why}" if place else f"line {line}: {why}")


class _Port(Struct, forbid_unknown_fields=True):
    visibility: Literal["private", "public"] = "private"
    protocol: Literal["http", "https"] = "http"


class _Route(Struct, forbid_unknown_fields=True):
    target: str | None
    owner: str = ""
    auth_epoch: Annotated[int, Meta(ge=0)] = 0
    phase: Phase = Phase.RUNNING
    key: str = ""
    ports: dict[Annotated[int, Meta(ge=1, le=65535)], _Port] = field(default_factory=dict)


class Services(Struct, forbid_unknown_fields=True):
    """Unix sockets of the platform's own services; an empty one is answered with a page."""

    server: str = ""
    internal: str = ""
    blobserve: str = ""


class _File(Struct, forbid_unknown_fields=True):
    routes: dict[str, Raw]
    base_url: str = ""
    content_domain: str = "localhost"
    tag: Annotated[str, Meta(pattern=r"^[0-9a-z]{1,16}$")] = "alone"
    keys: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    services: Services = field(default_factory=Services)


class RouteFile(Struct):
    """What the file says."""

    hosts: Hosts
    tag: str
    keys: list[str]
    services: Services
    snapshot: Snapshot


_FILE = Decoder(_File)
_ROUTE = Decoder(_Route)


def read_route_file(data: bytes, port: int) -> RouteFile:
    """Return what the file says; `port` is where browsers come. Raises RouteFileError."""
    try:
        found = _FILE.decode(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise _refusal(data, error, "") from error
    try:
        base = found.base_url or f"http://podium.localhost:{port}"
        hosts = Hosts.of(base, found.content_domain)
    except ValueError as error:
        raise RouteFileError(_line_of(data, "base_url"), "base_url", str(error)) from error
    for number, key in enumerate(found.keys):
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(key, validate=True))
        except ValueError as error:
            why = "must be base64 of an Ed25519 public key (32 bytes)"
            raise RouteFileError(_line_of(data, "keys"), f"keys[{number}]", why) from error
    routes = [_route(data, name, raw) for name, raw in found.routes.items()]
    snapshot = Snapshot(epoch="file", seq=0, routes=routes, sessions=found.ended)
    return RouteFile(hosts, found.tag, found.keys, found.services, snapshot)


def _route(data: bytes, workspace: str, raw: Raw) -> Route:
    place = f"routes.{workspace}"
    if not is_workspace_id(workspace):
        why = "is no workspace id, like amber-otter-4k2hw9xz1q"
        raise RouteFileError(_line_of(data, workspace), place, why)
    try:
        found = _ROUTE.decode(raw)
    except DecodeError as error:
        raise _refusal(data, error, workspace) from error
    try:
        target = _target(found.target)
    except ValueError as error:
        raise RouteFileError(_line_of(data, workspace), f"{place}.target", str(error)) from error
    if found.key and not _is_key(found.key):
        why = "must be base64 of 32 bytes"
        raise RouteFileError(_line_of(data, workspace), f"{place}.key", why)
    return Route(
        workspace=workspace,
        version=1,
        instance=f"{workspace}.1",
        phase=found.phase,
        target=target,
        owner=found.owner,
        key=found.key,
        ports=convert(found.ports, dict[int, PortRoute], from_attributes=True),
        auth_epoch=found.auth_epoch,
    )


def _target(text: str | None) -> AddressTarget | None:
    """Return where `host`, `host:port` or `[address]:port` leads; raises ValueError."""
    if text is None:
        return None
    match = _TARGET.fullmatch(text)
    port = int(match[3] or 0) if match else 0
    if match is None or port > 65535 or (match[3] and not port):
        raise ValueError("must be host, host:port or [address]:port")
    return AddressTarget(host=match[1] or match[2], port=port)


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def _refusal(data: bytes, error: Exception, workspace: str) -> RouteFileError:
    """Say where: JSON that is malformed by its byte, a value that is wrong by its path."""
    why = str(error)
    byte = _BYTE.search(why)
    if byte is not None:
        line = data.count(b"\n", 0, int(byte[1])) + 1
        return RouteFileError(line, "", why[: byte.start()])
    why, _at, path = why.partition(" - at `$")
    inner = path.rstrip("`").lstrip(".")
    if isinstance(error, ValidationError) and workspace:
        place = ".".join(one for one in ("routes", workspace, inner) if one)
        return RouteFileError(_line_of(data, workspace), place, why)
    return RouteFileError(_line_of(data, re.split(r"[.\[]", inner)[0]), inner, why)


def _line_of(data: bytes, name: str) -> int:
    """Return the line of the first key of this name; 1 when there is none."""
    match = re.search(rb'"%s"\s*:' % re.escape(name.encode()), data) if name else None
    return data.count(b"\n", 0, match.start()) + 1 if match else 1
