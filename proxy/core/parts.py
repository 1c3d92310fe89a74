"""What readers make of a byte stream: the parts of messages."""

from dataclasses import dataclass

from proxy.core.message import Headers, Piece, RequestHead, ResponseHead


@dataclass(init=False)
class Body:
    """Part of the current message's body."""

    data: Piece

    def __init__(self, data: Piece) -> None:
        self.data = data


@dataclass(init=False)
class End:
    """The current message is complete; `trailers` came behind its body, unjudged."""

    trailers: Headers

    def __init__(self, trailers: Headers | None = None) -> None:
        self.trailers = trailers if trailers is not None else []


@dataclass(init=False)
class Rest:
    """Bytes after a head that asks for, or grants, another protocol."""

    data: bytes

    def __init__(self, data: bytes) -> None:
        self.data = data


@dataclass
class Refused:
    """The stream cannot be trusted any further."""

    status: int
    why: str


@dataclass(init=False)
class Asked:
    """A request has begun; it is complete as well when it has no body."""

    head: RequestHead

    def __init__(self, head: RequestHead) -> None:
        self.head = head


@dataclass(init=False)
class Answer:
    """A response has begun; interim ones (1xx) too, and those have no `End`."""

    head: ResponseHead

    def __init__(self, head: ResponseHead) -> None:
        self.head = head


RequestPart = Asked | Body | End | Rest | Refused
ResponsePart = Answer | Body | End | Rest | Refused
