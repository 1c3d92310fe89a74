"""What servers tell each other over Redis: that something has changed, never what may be done.

All of it may be lost. Whoever hears that the channel is back, or that another one could not say
something, looks at everything.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import structlog
from msgspec import DecodeError, Raw, Struct, ValidationError, json

_log = structlog.get_logger(__name__)
_T = TypeVar("_T")
MISSED = "missed"
"""Kind of the word that something else could not be said."""


class Channel(Protocol):
    """Carries lines; `kit.redisbus.Bus` is one."""

    def say(self, message: bytes) -> None:
        """Tell the others, without waiting."""
        ...


class Word(Struct, frozen=True):
    """One thing that is told."""

    kind: str
    body: Raw = Raw(b"null")


class Relay:
    """Knows who listens to which kind."""

    def __init__(self) -> None:
        self.channel: Channel | None = None
        """None where there is no Redis: nothing is told, and everybody looks in time."""
        self._ears: dict[str, Callable[[Raw], None]] = {}

    def on(self, kind: str, body: type[_T], take: Callable[[_T], None]) -> None:
        """Have one kind given to somebody."""

        def hear(raw: Raw) -> None:
            take(json.decode(raw, type=body))

        self._ears[kind] = hear

    def say(self, kind: str, body: Any = None) -> None:
        """Tell the other servers."""
        if self.channel is not None:
            self.channel.say(word(kind, body))

    def hear(self, line: bytes) -> None:
        """Take in what another one told; what only a newer version knows of says nothing here."""
        try:
            told = json.decode(line, type=Word)
            ear = self._ears.get(told.kind)
            if ear is not None:
                ear(told.body)
        except (DecodeError, ValidationError) as error:
            _log.warning("relay_garbled", detail=str(error))


def word(kind: str, body: Any = None) -> bytes:
    """Return a word as one line."""
    return json.encode(Word(kind, Raw(json.encode(body))))
