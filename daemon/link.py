"""The daemon's calls over a network: both sides show certificates, and only the server may call.

The same service answers on the unix socket of its own machine. Who calls is looked at in every
call, by what the certificate of its connection says (`wire/peers.py`). Certificates are read
again at each handshake.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import grpc
import structlog
from grpc import aio

from kit.linkcerts import LinkCerts, Pem
from wire.peers import SERVER, named

_log = structlog.get_logger(__name__)
_OPTIONS: Final = (
    # a server that has vanished is forgotten; without this its calls would be kept for hours
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # it asks likewise whether this side is there still, and may
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 1000),
    ("grpc.http2.max_ping_strikes", 0),
    # of two daemons at one address the second has to hear that it is the second
    ("grpc.so_reuseport", 0),
)

Register = Callable[[aio.Server], None]
"""Puts the service onto a server."""


async def serve(register: Register, address: tuple[str, int], certs: LinkCerts) -> aio.Server:
    """Begin to listen. Raises RuntimeError when the address cannot be had."""
    server = aio.server(interceptors=[_OnlyServer()], options=_OPTIONS)
    register(server)
    credentials = grpc.dynamic_ssl_server_credentials(
        _shown(certs.pem), lambda: _shown(certs.pem), require_client_authentication=True
    )
    host, port = address
    server.add_secure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", credentials)
    await server.start()
    _log.info("listening", address=host, port=port)
    return server


def _shown(pem: Pem) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(pem.key, pem.chain)], pem.authority)


class _OnlyServer(aio.ServerInterceptor):
    """Refuses every call of another process than the server."""

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        handler = await continuation(details)
        if handler is None:
            return None
        read, write = handler.request_deserializer, handler.response_serializer
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                _streamed(handler.unary_stream), read, write
            )
        return grpc.unary_unary_rpc_method_handler(_answered(handler.unary_unary), read, write)


def _answered(behaviour: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Any]:
    async def checked(request: Any, context: Any) -> Any:
        await _check(context)
        return await behaviour(request, context)

    return checked


def _streamed(behaviour: Callable[[Any, Any], AsyncIterator[Any]]) -> Callable[[Any, Any], Any]:
    async def checked(request: Any, context: Any) -> AsyncIterator[Any]:
        await _check(context)
        async for one in behaviour(request, context):
            yield one

    return checked


async def _check(context: Any) -> None:
    shown = context.auth_context().get("x509_subject_alternative_name", ())
    caller = named(one.decode(errors="replace") for one in shown)
    if caller != SERVER:
        _log.warning("caller_refused", caller=caller, peer=context.peer())
        await context.abort(
            grpc.StatusCode.PERMISSION_DENIED,
            f"only the server may call a daemon, and this is {caller or 'nobody of ours'}",
        )
