"""Which endpoint a request is for, and whether it may be had. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import unquote

from supervisor.api.endpoint import Endpoint, Kind, Refused, Who
from wire.proof import Bearer, check

PREFIX = "/_supervisor"
"""Of every path on the port."""
_OWNER = "owner"


class Listener(Enum):
    """Where a request came in."""

    PORT = auto()
    """The loopback port: the proxy, and every process inside."""
    SOCKET = auto()
    """The person's socket inside."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request's head decides."""

    listener: Listener
    method: str
    target: str
    proofs: Sequence[str] = ()
    upgrade: bool = False
    stream: bool = False
    """It wants server-sent events."""


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint that may answer."""

    endpoint: Endpoint
    path: str
    values: Mapping[str, str]
    bearer: Bearer | None


class Table:
    """All endpoints of a supervisor."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self.endpoints = list(endpoints)
        self._segments = [(one, one.pattern.split("/")) for one in self.endpoints]
        keys = [(one.method, one.pattern, one.kind) for one in self.endpoints]
        assert len(set(keys)) == len(keys), "two endpoints with one pattern"

    def find(self, asked: Asked, key: str, now: float) -> Found:
        """Return who answers; raises Refused.

        `key` is the instance's, empty before the server has spoken. Without a proof nothing
        on the port is told apart but what is anybody's, and what is not on a listener does
        not exist there.
        """
        path = asked.target.partition("?")[0]
        on_port = asked.listener is Listener.PORT
        if on_port:
            path = path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else ""
        there = [one for one in self._matching(path) if _on(one[0].who, asked.listener)]
        open_ones = [one for one in there if one[0].who is Who.ANYBODY]
        bearer = None
        if on_port and not open_ones:
            bearer = _proven(asked, key, now)
        endpoint, values = _choose(there, asked)
        if on_port and bearer is None and endpoint.who is not Who.ANYBODY:
            bearer = _proven(asked, key, now)
        return Found(endpoint, path, values, bearer)

    def _matching(self, path: str) -> list[tuple[Endpoint, Mapping[str, str]]]:
        given = path.split("/")
        found = []
        for one, wanted in self._segments:
            values = _values(wanted, given)
            if values is not None:
                found.append((one, values))
        # what is spelled out counts more than what a name stands for
        least = min((len(values) for _, values in found), default=0)
        return [one for one in found if len(one[1]) == least]


def _on(who: Who, listener: Listener) -> bool:
    wrong = Who.INSIDE if listener is Listener.PORT else Who.OUTSIDE
    return who is not wrong


def _proven(asked: Asked, key: str, now: float) -> Bearer:
    if not key:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready")
    if len(asked.proofs) != 1:
        raise Refused(HTTPStatus.UNAUTHORIZED, "proof_missing")
    bearer = check(key, asked.method, asked.target, asked.proofs[0], now)
    if bearer is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "proof_missing")
    if bearer.role != _OWNER:
        raise Refused(HTTPStatus.FORBIDDEN, "not_the_owner")
    return bearer


def _choose(
    there: Sequence[tuple[Endpoint, Mapping[str, str]]], asked: Asked
) -> tuple[Endpoint, Mapping[str, str]]:
    if not there:
        raise Refused(HTTPStatus.NOT_FOUND, "not_found")
    method = "GET" if asked.method == "HEAD" else asked.method
    able = {one.kind: (one, values) for one, values in there if one.method == method}
    if asked.upgrade and Kind.SOCKET in able:
        return able[Kind.SOCKET]
    first, second = (Kind.STREAM, Kind.ANSWER) if asked.stream else (Kind.ANSWER, Kind.STREAM)
    found = able.get(first) or able.get(second)
    if found is not None:
        return found
    if Kind.SOCKET in able:
        raise Refused(HTTPStatus.UPGRADE_REQUIRED, "websocket_expected")
    raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")


def _values(wanted: Sequence[str], given: Sequence[str]) -> Mapping[str, str] | None:
    if len(wanted) != len(given):
        return None
    values = {}
    for name, text in zip(wanted, given, strict=True):
        if not name.startswith("{"):
            if name != text:
                return None
            continue
        value = unquote(text)
        if not value or "/" in value or not value.isprintable() or value in {".", ".."}:
            return None
        values[name[1:-1]] = value
    return values
