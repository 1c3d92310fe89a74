"""What an endpoint is: a method, a pattern, who may, and a function.

How to add some: a module here named after the subject, with a function that returns them, and
`endpoints()` of the subject's object in supervisor/subjects, which calls it:

    def endpoints(terminals: Terminals) -> list[Endpoint]:
        return [
            answers("GET", "/v1/terminals", Who.PERSON, lambda _call: terminals.told()),
            answers("DELETE", "/v1/terminals/{id}", Who.PERSON, close),
            streams("/v1/status/ports", Who.PERSON, watch),
            converses("/v1/terminals/{id}", Who.PERSON, serve),
        ]

`answers` takes a function of a `Call` that returns a document (anything msgspec can write; None
is 204; a `Reply` says more, and may be bytes), or a coroutine of one, which may wait as long as it
likes: it is cancelled when the client has gone. `streams` takes an async generator of documents,
each sent as an event, or as a line of JSON to who does not ask for `text/event-stream`.
`converses` takes a coroutine of a
`Call` and a WebSocket, which is closed when it returns. Each of the three may have the same
pattern: an upgrade goes to `converses`, `Accept: text/event-stream` to `streams`, the rest to
`answers`. A refusal is raised as `Refused`, wherever it is noticed.

Patterns begin at `/v1/`. Through the proxy they are below `/_supervisor`, with its proof
(wire/proof.py); on the person's socket inside, LOCAL_SOCKET, they are as they stand. `Who` says
on which of the two an endpoint is, and what it takes. A body is JSON of at most `most` bytes,
with that content type: a form of a foreign page cannot say it, whatever else lets one through.
tests/supervisor/api/test_walk.py walks all of them without a proof and on the wrong listener.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.server import ServerConnection

from wire.proof import Bearer

MOST = 64 * 1024
"""Bytes of a body, unless an endpoint says otherwise."""

Shape = TypeVar("Shape")


class Who(Enum):
    """Who may use an endpoint."""

    ANYBODY = auto()
    """Whoever reaches a listener: every process of the workspace. Through the proxy it still
    takes the person's grant, but for what the proxy itself makes public."""
    PERSON = auto()
    """The owner: with the proxy's proof on the port, or by the person's socket inside."""
    OUTSIDE = auto()
    """The owner by the proxy alone; no program inside."""
    INSIDE = auto()
    """Programs of the person inside alone; no page."""


class Kind(Enum):
    """How an endpoint answers."""

    ANSWER = auto()
    STREAM = auto()
    SOCKET = auto()


class Refused(Exception):
    """Why a request is not answered; `code` is for programs, `detail` for people."""

    def __init__(self, status: HTTPStatus, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with another status than 200, with headers, or of bytes as they are."""

    document: Any
    status: HTTPStatus = HTTPStatus.OK
    kind: str = ""
    """Content type of bytes; without one the document is written as JSON."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """More headers."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as an endpoint sees it."""

    method: str
    path: str
    """Below the listener's prefix, so that it begins with `/v1/`."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What stands in the place of the pattern's names, percent-decoded, without a slash."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The first value of each name."""
    body: bytes = b""
    bearer: Bearer | None = None
    """Who sent it, as the proxy has proven it; None for a program inside."""

    def document(self, shape: type[Shape]) -> Shape:
        """Return the body as the struct that it has to be; raises Refused."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.DecodeError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "body_invalid", str(error)) from error


Answering = Callable[[Call], Any]
Streaming = Callable[[Call], AsyncGenerator[Any, None]]
Conversing = Callable[[Call, ServerConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the table."""

    method: str
    pattern: str
    who: Who
    kind: Kind
    handler: Callable[..., Any]
    most: int = MOST
    """Bytes that its body may have."""


def answers(
    method: str, pattern: str, who: Who, handler: Answering, *, most: int = MOST
) -> Endpoint:
    """Return an endpoint that answers with one document."""
    return Endpoint(method, pattern, who, Kind.ANSWER, handler, most)


def streams(pattern: str, who: Who, handler: Streaming) -> Endpoint:
    """Return an endpoint that sends documents for as long as somebody listens."""
    return Endpoint("GET", pattern, who, Kind.STREAM, handler)


def converses(pattern: str, who: Who, handler: Conversing) -> Endpoint:
    """Return an endpoint that speaks WebSocket."""
    return Endpoint("GET", pattern, who, Kind.SOCKET, handler)
