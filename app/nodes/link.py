"""The connection to one daemon: over its unix socket, or over a network with certificates.

An address `grpcs://host:port` is a daemon on another machine: both sides show certificates of the
installation (ADR 50), and each connection asks whether its node is the one that is meant, since
the daemons of a cluster share a name. A daemon of another version than ours or a neighbour's is
not spoken to. A network that has gone silent is noticed by pings, which also go on without calls.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import grpc
from grpc import aio

from kit.linkcerts import LinkCerts
from kit.tasks import Tasks
from wire.nodelink import why_apart
from wire.peers import DAEMON, domain_of
from wire.proto import node_pb2, node_pb2_grpc

SCHEME: Final = "grpcs://"
KEEPALIVE: Final = 10.0
"""Seconds without a byte until a ping, and likewise until its answer."""
GREETING: Final = 10.0
"""Seconds for a daemon to say who it is."""
_RENEWED: Final = 10.0
"""Seconds for calls that a connection with older certificates has in work."""
_OPTIONS: Final = (
    # A daemon that comes back is found within a second, not after gRPC's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    # In spite of its name this is what one attempt may take: a busy machine's daemon needs
    # more than a blink for the greeting. Where nothing listens an attempt fails at once.
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_reconnect_backoff_ms", 1000),
)


class Apart(Exception):
    """Whoever answers is not the node that is meant, or too old or too new; the text tells."""


class Link:
    """One daemon's connection. Must be made, used and closed in one event loop."""

    def __init__(
        self,
        address: str,
        certs: LinkCerts | None = None,
        node: str = "",
        keepalive: float = KEEPALIVE,
    ) -> None:
        """Raises ValueError for an address of a network without certificates."""
        if address.startswith(SCHEME) and certs is None:
            raise ValueError(f"{address} needs certificates")
        self._address = address
        self._certs = certs if address.startswith(SCHEME) else None
        self._node = node if self._certs else ""
        self._keepalive = round(keepalive * 1000)
        self._tasks = Tasks()
        self._pem = self._certs.pem if self._certs else None
        self._known = False
        self._open()

    @property
    def stub(self) -> node_pb2_grpc.NodeStub:
        """The calls; over a new connection when certificates have been renewed."""
        if self._certs and self._certs.pem is not self._pem:
            self._pem = self._certs.pem
            self._tasks.spawn(self._channel.close(_RENEWED), "link with older certificates")
            self._open()
        return self._stub

    async def greet(self) -> None:
        """Ask who answers. Raises Apart, and AioRpcError."""
        self._known = False
        reply = await self.stub.Info(node_pb2.InfoRequest(), timeout=GREETING)
        if self._node and reply.node != self._node:
            raise Apart(f"{self._address} is node {reply.node!r} and not {self._node!r}")
        if (why := why_apart(reply.protocol, reply.oldest)) is not None:
            raise Apart(f"{reply.node or self._address}: {why}")
        self._known = True

    async def greeted(self) -> None:
        """Make sure that who answers has been asked since the connection was last lost."""
        if not self._known:
            await self.greet()

    def lost(self) -> None:
        """Say that the connection was lost: another daemon may answer next."""
        self._known = False

    async def close(self) -> None:
        """Close the connection."""
        await self._channel.close()
        await self._tasks.close()

    def _open(self) -> None:
        self._known = False
        interceptors = [_Greeted(self)]
        if self._pem is None:
            self._channel = aio.insecure_channel(
                f"unix:{self._address}", options=_OPTIONS, interceptors=interceptors
            )
        else:
            credentials = grpc.ssl_channel_credentials(
                self._pem.authority, self._pem.key, self._pem.chain
            )
            options = (
                *_OPTIONS,
                ("grpc.ssl_target_name_override", domain_of(DAEMON)),
                ("grpc.enable_http_proxy", 0),
                ("grpc.keepalive_time_ms", self._keepalive),
                ("grpc.keepalive_timeout_ms", self._keepalive),
                # without this an answer is awaited for a minute, whatever the line above says
                ("grpc.http2.ping_timeout_ms", self._keepalive),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.max_pings_without_data", 0),
            )
            self._channel = aio.secure_channel(
                self._address.removeprefix(SCHEME),
                credentials,
                options=options,
                interceptors=interceptors,
            )
        self._stub = node_pb2_grpc.NodeStub(self._channel)  # type: ignore[no-untyped-call] # generated


class _Greeted(aio.UnaryUnaryClientInterceptor):
    """Has each call but the greeting itself wait until it is known who answers."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def intercept_unary_unary(
        self, continuation: Callable[[Any, Any], Any], details: Any, request: Any
    ) -> Any:
        if not isinstance(request, node_pb2.InfoRequest):
            await self._link.greeted()
        call = await continuation(details, request)
        try:
            code = await call.code()
        except asyncio.CancelledError:
            # whoever asked is gone: the daemon is told, which this task's own end does not do
            call.cancel()
            raise
        if code is grpc.StatusCode.UNAVAILABLE:
            self._link.lost()
        return call
