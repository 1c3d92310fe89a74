"""The supplier of images that are named: the registry facade is asked what a name means.

A tag is resolved once, at the start that first asks, with the passwords of its person; later
starts of the same workspace have the same image. The facade alone talks to foreign registries,
over its unix socket.
"""

import asyncio
import http.client
import socket
from contextlib import closing

import msgspec

from app.images.port import State, Supply, Wanted
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import LARGEST
from kit.oci.core.media import ACCEPT
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused
from wire.phases import Condition
from wire.registry import FOR, facade_name

_PATIENCE = 180.0
"""Seconds for an answer; the facade gives up a registry earlier, and says why."""
_CONDITIONS = {
    401: Condition.IMAGE_DENIED,
    403: Condition.IMAGE_DENIED,
    404: Condition.IMAGE_UNKNOWN,
}


class NamedImages:
    """Asks the facade behind a socket."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def supply(self, wanted: Wanted) -> Supply:
        """Return where the image of `wish["name"]` is."""
        try:
            reference = parse(wanted.wish["name"])
        except Refused as error:
            return _failed(Condition.IMAGE_UNKNOWN, str(error))
        source = facade_name(reference.host, reference.repository)
        # also a digest is asked for: that this person may have it, the node's copy does not say
        return await asyncio.to_thread(self._resolve, reference, source, str(wanted.instance))

    def _resolve(self, reference: Reference, source: str, instance: str) -> Supply:
        # A blocking exchange in a thread, once in a workspace's life: no client to keep.
        try:
            with closing(_OverUnix(self._path)) as connection:
                path = f"/v2/{source}/manifests/{reference.wanted}"
                connection.request("GET", path, headers={"Accept": ACCEPT, FOR: instance})
                answer = connection.getresponse()
                body = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            return _failed(Condition.IMAGE_UNREACHABLE, f"The registry facade: {error}")
        digest = answer.headers.get("Docker-Content-Digest", "")
        if answer.status == 200 and is_digest(digest):
            return Supply(state=State.READY, source=source, digest=digest)
        condition = _CONDITIONS.get(answer.status, Condition.IMAGE_UNREACHABLE)
        return _failed(condition, _said(body) or f"{reference}: status {answer.status}")


class _OverUnix(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("registry", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_PATIENCE)
        self.sock.connect(self._path)


class _Error(msgspec.Struct):
    message: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Error] = msgspec.field(default_factory=list)


def _said(body: bytes) -> str:
    """Return the facade's own words."""
    try:
        found = msgspec.json.decode(body, type=_Errors).errors
    except msgspec.DecodeError:
        return ""
    return found[0].message if found else ""


def _failed(condition: Condition, told: str) -> Supply:
    return Supply(state=State.FAILED, condition=condition, told=told)
