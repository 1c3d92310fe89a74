"""Two SSH connections joined below their channels: what one says, the other is told.

After both ends are proven, every message of the connection protocol (RFC 4254: channels, their
data and windows, requests in both directions) is passed on as it came. So whatever the client and
the workspace can do with each other works, forwarding of agents and of things not invented yet
included, and the flow control of each channel reaches from end to end. What stands between is
encryption only. asyncssh has no face for that: this module is the one that knows its inside, and
its version is pinned (pyproject.toml).
"""

from collections.abc import Callable
from typing import Any, cast

from asyncssh.connection import SSHConnection
from asyncssh.packet import SSHPacket

FIRST_PASSED = 80
"""Messages from here on are the connection protocol's; earlier ones are each connection's own."""
HIGH_WATER = 1 << 20
"""Bytes that may wait to be sent before the other end is read no more."""


class _Channels(dict[int, Any]):
    """For asyncssh: whatever the number of a channel, the connection itself takes the message."""

    def __init__(self, connection: "Joined") -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, number: int) -> Any:
        return self._connection


class Joined(SSHConnection):
    """What both kinds of connection have in common; a mixin before asyncssh's class."""

    peer: "Joined | None" = None
    watch: Callable[[bytes], None] | None = None
    """Is told of every message that is passed on from here."""

    def join(self, peer: "Joined") -> None:
        """Pass on to the other from now on; called for both."""
        self.peer = peer
        self._channels = cast("dict[int, Any]", _Channels(self))
        transport = self._transport
        if transport is not None:
            transport.set_write_buffer_limits(high=HIGH_WATER)

    def process_packet(self, pkttype: int, pktid: int, packet: SSHPacket) -> Any:
        """Pass a message on, or leave it to asyncssh."""
        if pkttype < FIRST_PASSED or self.peer is None:
            return super().process_packet(pkttype, pktid, packet)
        message = packet.get_full_payload()
        if self.watch is not None:
            self.watch(message)
        self.peer.send_packet(pkttype, message[1:])
        return True

    def log_received_packet(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing: it would cost a formatted line for each message."""

    def log_sent_packet(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing, as above."""

    def pause_writing(self) -> None:
        """Read no more from the other: this end takes nothing at the moment."""
        self._peer_reads(on=False)

    def resume_writing(self) -> None:
        """Read on."""
        self._peer_reads(on=True)

    def _peer_reads(self, *, on: bool) -> None:
        transport = None if self.peer is None else self.peer._transport  # noqa: SLF001 - of our own class
        if transport is None or transport.is_closing():
            return
        if on:
            transport.resume_reading()
        else:
            transport.pause_reading()
