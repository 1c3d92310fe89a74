"""The registry facade, as the server asks it: in somebody's name, over its unix socket.

It alone talks to foreign registries. `FacadeClient` blocks, and is used in a thread.
"""

import asyncio
import http.client
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import msgspec
import structlog

from wire.phases import Condition
from wire.registry import FOR

_PATIENCE = 180.0
"""Seconds for an answer; the facade gives up a registry earlier, and says why."""
_CONDITIONS = {
    401: Condition.IMAGE_DENIED,
    403: Condition.IMAGE_DENIED,
    404: Condition.IMAGE_UNKNOWN,
}
_AWAY = frozenset({503, 504})
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further question to a registry that is away: one that is started anew, or
busy for a moment, is back within them."""
_WORTH = 20.0
"""Seconds after which nobody is asked again: a registry that says nothing takes its time as it is,
and somebody is waiting."""
_log = structlog.get_logger(__name__)


class NotToBeHad(Exception):
    """What the facade says when it does not give something; the text is for people."""

    def __init__(self, condition: Condition, told: str, *, away: bool = False) -> None:
        super().__init__(told)
        self.condition = condition
        self.away = away
        """Nobody has said that it is not there: it may be had later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came."""

    digest: str
    """As the facade says; empty when it says none."""
    body: bytes


class Facade(Protocol):
    """`FacadeClient`."""

    def get(self, target: str, instance: str, most: int, accept: str = "*/*") -> Answer: ...


async def ask(
    facade: Facade,
    target: str,
    instance: str,
    most: int,
    accept: str = "*/*",
    pauses: Sequence[float] = PAUSES,
) -> Answer:
    """Return what the facade gives, asking again for what is away; raises NotToBeHad."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _WORTH
    for pause in pauses:
        try:
            return await asyncio.to_thread(facade.get, target, instance, most, accept)
        except NotToBeHad as error:
            if not error.away or loop.time() + pause > end:
                raise
            _log.info("registry_away", target=target, instance=instance, detail=str(error))
        await asyncio.sleep(pause)
    return await asyncio.to_thread(facade.get, target, instance, most, accept)


class FacadeClient:
    """Asks the facade behind a socket."""

    def __init__(self, path: str) -> None:
        self._path = path

    def get(self, target: str, instance: str, most: int, accept: str = "*/*") -> Answer:
        """Return at most `most` bytes; raises NotToBeHad, also for more than that.

        `instance` is the one whose person's passwords count.
        """
        headers: Mapping[str, str] = {"Accept": accept, FOR: instance}
        try:
            with closing(_OverUnix(self._path)) as connection:
                connection.request("GET", target, headers=headers)
                answer = connection.getresponse()
                body = answer.read(most + 1)
        except (OSError, http.client.HTTPException) as error:
            told = f"The registry facade: {error}"
            raise NotToBeHad(Condition.IMAGE_UNREACHABLE, told, away=True) from error
        if answer.status != 200:
            condition = _CONDITIONS.get(answer.status, Condition.IMAGE_UNREACHABLE)
            told, away = _said(body) or f"status {answer.status}", answer.status in _AWAY
            raise NotToBeHad(condition, told, away=away)
        if len(body) > most:
            raise NotToBeHad(Condition.IMAGE_REFUSED, f"It has more than {most} bytes.")
        return Answer(answer.headers.get("Docker-Content-Digest", ""), body)


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
