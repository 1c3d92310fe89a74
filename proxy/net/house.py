"""What the clients of one proxy share, as each of them sees it."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from proxy.core.commands import AwaitTurn, NextTurn
from proxy.core.plans import World
from proxy.core.record import Record
from proxy.net.redeem import Redeemer
from proxy.net.upstream import Pool

if TYPE_CHECKING:  # each of them knows the other
    from proxy.net.client import Client
    from proxy.net.handshake import Handshake


class House(Protocol):
    """What clients share."""

    world: World
    pool: Pool
    redeemer: Redeemer

    def came(self, client: "Client") -> None:
        """A client has connected."""

    def went(self, client: "Client") -> None:
        """A client is gone."""

    def knocked(self, handshake: "Handshake") -> None:
        """A client's TLS handshake has begun."""

    def let_in(self, handshake: "Handshake") -> None:
        """It has ended, whichever way."""

    def admits(self, transport: asyncio.BaseTransport) -> bool:
        """Tell whether a workspace may have this connection beside those it has."""

    def turn(self, client: "Client", command: AwaitTurn | NextTurn) -> None:
        """A client waits for its turn, or has ended one, which is the next client's."""

    def attends(self, client: "Client", workspace: str) -> None:
        """A client's request is for this workspace."""

    def log(self, record: Record) -> None:
        """Write an access line."""

    def joined(self, kind: str, *, by: int = 1) -> None:
        """A tunnel of this kind of host has begun, or (`by` -1) has ended."""

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Own a task."""
