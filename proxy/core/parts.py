"""What readers make of a byte stream: the parts of messages."""

from msgspec import Struct

from proxy.core.message import Headers, RequestHead, ResponseHead


class Body(Struct, frozen=True):
    """Part of the current message's body."""

    data: bytes


class End(Struct, frozen=True):
    """The current message is complete; `trailers` came behind its body, unjudged."""

    trailers: Headers = []


class Rest(Struct, frozen=True):
    """Bytes after a head that asks for, or grants, another protocol."""

    data: bytes


class Refused(Struct, frozen=True):
    """The stream cannot be trusted any further."""

    status: int
    why: str


class Asked(Struct, frozen=True):
    """A request has begun; it is complete as well when it has no body."""

    head: RequestHead


class Answer(Struct, frozen=True):
    """A response has begun; interim ones (1xx) too, and those have no `End`."""

    head: ResponseHead


RequestPart = Asked | Body | End | Rest | Refused
ResponsePart = Answer | Body | End | Rest | Refused
