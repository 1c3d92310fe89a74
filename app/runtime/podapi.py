"""What pods need of the API of Kubernetes; `kube.py` is the adapter, which takes long to import."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Protocol

Object = dict[str, Any]
"""As the API sends it."""


class ApiDown(Exception):
    """The API server did not answer in time, or not sensibly; nothing is known."""


class ApiRefused(Exception):
    """The API server understood and will not."""

    def __init__(self, status: int, reason: str = "", message: str = "") -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason = status, reason


class Expired(Exception):
    """What a watch should go on from is forgotten there; everything has to be listed again."""


@dataclass(frozen=True, slots=True)
class Event:
    """A change that a watch tells; a bookmark's object has nothing but its version."""

    kind: str
    """ADDED, MODIFIED, DELETED or BOOKMARK."""
    object: Object

    @property
    def version(self) -> str:
        """Where a watch may go on behind it."""
        return str(self.object["metadata"]["resourceVersion"])


class PodApi(Protocol):
    """Objects of one namespace, by kind ("pods", "secrets") and name.

    Every call raises ApiDown, and ApiRefused for what is no part of its meaning.
    """

    async def get(self, kind: str, name: str) -> Object | None:
        """Return an object; None when there is none."""
        ...

    async def create(self, kind: str, body: Object) -> Object | None:
        """Create an object; None when there is one of its name."""
        ...

    async def patch(self, kind: str, name: str, body: Object) -> bool:
        """Merge into an object; tells whether there is one."""
        ...

    async def delete(self, kind: str, name: str, uid: str, grace: int | None = None) -> None:
        """Make sure that an object of this uid goes; another one of its name stays.

        `grace` are seconds. 0 takes it away before its node knows.
        """
        ...

    async def list(self, kind: str, selector: str) -> tuple[list[Object], str]:
        """Return all objects, and the version that a watch goes on from."""
        ...

    def watch(self, kind: str, selector: str, version: str) -> AsyncGenerator[Event, None]:
        """Yield changes behind a version, until the server ends the watch in peace.

        Raises Expired as well.
        """
        ...
