"""A client's connection: tells its core what happens, and does what comes back."""

import asyncio
import os
import time
from collections import deque
from typing import cast

from proxy.core import commands, events
from proxy.core.connection import Connection
from proxy.core.crowd import Worth
from proxy.core.entry import EntryConnection
from proxy.core.kinds import kind_of_forward
from proxy.core.plans import Asker
from proxy.net.dial import UnreachableError
from proxy.net.house import House
from proxy.net.keepalive import probe
from proxy.net.redeem import RedeemError
from proxy.net.relay import Relay
from proxy.net.upstream import Wire, send

WRITE_BUFFER = 262_144
"""Bytes towards the client that wait before its upstream is held."""


class Client:
    """Bytes of one browser or program; an `asyncio.Protocol` by what it has."""

    def __init__(self, house: House, *, entry: bool = False) -> None:
        self._house = house
        self._entry = entry
        self._transport: asyncio.Transport | None = None
        self._wire: Wire | None = None
        self._opening: asyncio.Task[None] | None = None
        self._relay: Relay | None = None
        self._events: deque[events.Event] = deque()
        self._busy = False
        self._tunnel = ""
        """Kind of host of the open tunnel."""
        self.origin = "workspace" if entry else "browser"
        self.workspace = ""
        """Of its latest request that was passed on or waits."""
        self.address = "unknown"
        """Of a browser's end, or of the front before it."""
        self.core: Connection | EntryConnection

    @property
    def worth(self) -> Worth:
        """What would be lost with it."""
        forward = self.core.forward
        if forward is None:
            return Worth.STRANGER if self.core.working else Worth.NOTHING
        known = forward.access is not None and forward.access.grant is not None
        return Worth.PERSON if known else Worth.STRANGER

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses, but have the same methods
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=WRITE_BUFFER)
        probe(transport)
        self.core = self._core(transport)
        self._house.came(self)
        if self._entry and not self._house.admits(transport):
            self._transport.abort()

    def _core(self, transport: asyncio.BaseTransport) -> Connection | EntryConnection:
        world, seed = self._house.world, os.urandom(32)
        if self._entry:
            return EntryConnection(world, seed, _moment())
        peer, tls = map(transport.get_extra_info, ("peername", "ssl_object"))
        if peer:
            self.address = str(peer[0])
        asker = Asker(self.address, seed, secure=tls is not None)
        return Connection(world, asker, _moment())

    def data_received(self, data: bytes) -> None:
        if self._relay is not None:
            self._relay.from_client(data)
        else:
            self.tell(events.Received(data))

    def eof_received(self) -> bool:
        if self._relay is not None:
            return self._relay.client_eof()
        self.tell(events.ClientEnded())  # TLS ends as a whole
        return self._transport is not None and self._transport.can_write_eof()

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        if self._relay is not None:
            self._relay.client_lost()
            self.tell(self._progress(self._relay))
        self.tell(events.ClientGone())
        self._part()
        self._house.went(self)

    def pause_writing(self) -> None:
        self._full(full=True)

    def resume_writing(self) -> None:
        self._full(full=False)

    def _full(self, *, full: bool) -> None:
        if self._relay is not None:
            self._relay.client_full(full=full)
        else:
            self.tell(events.ClientFull(full))

    # --- the upstream in use ---

    def upstream_received(self, data: bytes) -> None:
        """Tell the core."""
        self.tell(events.Answered(data))

    def upstream_eof(self) -> bool:
        """Close; the end is told by `upstream_lost`."""
        return False

    def upstream_lost(self, *, clean: bool) -> None:
        """Tell the core."""
        self._wire = None
        self.tell(events.UpstreamGone(clean))

    def upstream_full(self, *, full: bool) -> None:
        """Tell the core."""
        self.tell(events.UpstreamFull(full))

    # --- the core ---

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def tell(self, event: events.Event) -> None:
        """Hand an event to the core and do what comes back.

        Doing something may cause the next event, which waits for its turn.
        """
        if self._busy:
            self._events.append(event)
            return
        self._busy = True
        try:
            moment = _moment()
            for command in self.core.handle(event, moment):
                self._do(command)
            while self._events:  # of the same moment, as it was caused by that event
                for command in self.core.handle(self._events.popleft(), moment):
                    self._do(command)
        finally:
            self._busy = False

    def _do(self, command: commands.Command) -> None:
        match command:
            case commands.Send(parts=parts):
                if self._transport is not None:
                    send(self._transport, parts)
            case commands.Tell(parts=parts):
                if self._wire is not None:
                    self._wire.write(parts)
            case commands.Open(upstream=upstream, kept=kept, workspace=workspace):
                if workspace != self.workspace:
                    self._house.attends(self, workspace)
                self._open(upstream, kept=kept)
            case commands.Keep():
                wire, self._wire = self._wire, None
                if wire is not None:
                    self._house.pool.keep(wire)
            case commands.Log(record=record):
                self._house.log(record)
            case _:
                self._do_seldom(command)

    def _do_seldom(self, command: commands.Command) -> None:
        match command:
            case commands.Drop():
                self._drop()
            case commands.HoldUpstream(on=on):
                if self._wire is not None:
                    self._wire.hold(on=on)
            case commands.Relay(to_client=to_client, to_upstream=to_upstream):
                self._begin_relay(to_client, to_upstream)
            case commands.Await(workspace=workspace):
                self._house.attends(self, workspace)
            case commands.AwaitTurn() | commands.NextTurn():
                self._house.turn(self, command)
            case commands.Redeem(code=code, nonce=nonce, host=host):
                self._opening = self._house.spawn(self._redeem(code, nonce, host), "redeem")
            case commands.OpenShare():
                self._opening = self._house.spawn(self._open_share(command), "open-share")
            case _:
                self._do_to_client(command)

    def _do_to_client(self, command: commands.Command) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        match command:
            case commands.HoldClient(on=True):
                transport.pause_reading()
            case commands.HoldClient():
                transport.resume_reading()
            case commands.HalfClose() if transport.can_write_eof():
                transport.write_eof()
            case commands.Close():
                transport.close()
            case commands.Abort():
                transport.abort()

    def _open(self, upstream: commands.Upstream, *, kept: bool) -> None:
        wire = self._house.pool.take(upstream) if kept else None
        if wire is None:
            self._opening = self._house.spawn(self._connect(upstream), "connect")
            return
        self._use(wire, kept=True)

    async def _connect(self, upstream: commands.Upstream) -> None:
        try:
            wire = await self._house.pool.open(upstream)
        except UnreachableError as error:
            self._opening = None
            self.tell(events.NotOpened(error.way))
            return
        self._opening = None
        self._use(wire, kept=False)

    def _use(self, wire: Wire, *, kept: bool) -> None:
        self._wire = wire
        wire.user = self
        self.tell(events.Opened(kept=kept))

    def _drop(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _begin_relay(self, to_client: bytes, to_upstream: bytes) -> None:
        wire, transport, forward = self._wire, self._transport, self.core.forward
        if wire is None or transport is None or forward is None:
            self.tell(events.RelayEnded())
            return
        self._tunnel = kind_of_forward(forward)
        self._house.joined(self._tunnel)
        self._relay = Relay(transport, wire, self._relay_ended)
        wire.user = self._relay
        self._relay.begin(to_client, to_upstream)

    def _part(self) -> None:
        if self._tunnel:
            self._house.joined(self._tunnel, by=-1)
            self._tunnel = ""

    def _relay_ended(self) -> None:
        self._wire = None
        self._part()
        if self._relay is not None:
            self.tell(self._progress(self._relay))
        self.tell(events.RelayEnded())

    @staticmethod
    def _progress(relay: Relay) -> events.RelayProgress:
        return events.RelayProgress(relay.sent, relay.received)

    async def _redeem(self, code: str, nonce: str, host: str) -> None:
        event: events.Event
        try:
            redeemed = await self._house.redeemer.redeem(code, nonce, host)
        except RedeemError as error:
            event = events.NotRedeemed(str(error), error.away)
        else:
            event = events.Redeemed(redeemed.grant, redeemed.path, redeemed.ports)
        self._opening = None
        self.tell(event)

    async def _open_share(self, asked: commands.OpenShare) -> None:
        event: events.Event
        try:
            opened = await self._house.redeemer.open_share(
                asked.token, asked.workspace, asked.port, asked.password
            )
        except RedeemError as error:
            said = error.problem
            code = said.code if said is not None else "server_away" if error.away else ""
            title = said.title if said is not None else "This link could not be opened"
            event = events.ShareRefused(code, title, str(error), said.cure if said else "")
        else:
            event = events.ShareOpened(opened.grant, opened.expires)
        self._opening = None
        self.tell(event)


def _moment() -> events.Moment:
    return events.Moment(time.time(), time.monotonic())
