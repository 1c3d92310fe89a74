"""What a client has sent and nobody has worked on yet."""

from collections import deque
from enum import Enum

from proxy.core.parts import Asked, End, RequestPart
from proxy.core.requests import RequestReader


class State(Enum):
    """What becomes of bytes from the client."""

    OPEN = 1
    LINGERING = 2
    """Answered before the request was whole: the rest is read and forgotten."""
    CLOSED = 3


class Inbox:
    """Parts of requests in their order. One read's worth at most: then the client is held."""

    def __init__(self) -> None:
        self._reader = RequestReader()
        self._parts: deque[RequestPart] = deque()

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def inside_head(self) -> bool:
        """Whether a head has begun and is not whole yet."""
        return self._reader.inside_head

    @property
    def next_is_request(self) -> bool:
        """Whether what comes next begins another request."""
        return bool(self._parts) and isinstance(self._parts[0], Asked)

    def feed(self, data: bytes) -> None:
        """Take bytes in."""
        self._parts.extend(self._reader.feed(data))

    def take(self) -> RequestPart:
        """Return the next part, and forget it."""
        return self._parts.popleft()

    def skip_body(self) -> bool:
        """Forget the rest of the current request; tell whether it was there whole."""
        while self._parts and not self.next_is_request:
            if isinstance(self._parts.popleft(), End):
                return True
        return False

    def clear(self) -> None:
        """Forget everything."""
        self._parts.clear()
