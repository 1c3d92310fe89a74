"""Clients by the workspace that concerns them: a changed route looks at nobody else's."""

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar


class Present(Protocol):
    """A client."""

    workspace: str
    """Of its latest request that was passed on or waits; empty before there was one."""


T = TypeVar("T", bound=Present)


class Presence(Generic[T]):
    """Every client is at one workspace, or at none."""

    def __init__(self) -> None:
        self._at: dict[str, set[T]] = {}

    def move(self, client: T, workspace: str) -> None:
        """A client's request is for this workspace now."""
        self.leave(client)
        client.workspace = workspace
        if workspace:
            self._at.setdefault(workspace, set()).add(client)

    def leave(self, client: T) -> None:
        """A client is gone."""
        held = self._at.get(client.workspace)
        if held is not None:
            held.discard(client)
            if not held:
                del self._at[client.workspace]

    def of(self, workspaces: Iterable[str]) -> list[T]:
        """Return the clients of these workspaces."""
        return [client for one in workspaces for client in self._at.get(one, ())]
