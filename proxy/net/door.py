"""The way into a pod: its supervisor's door, which proves the instance first (wire.door, ADR 49).

Nothing is said before the other end has shown that it has the instance's key: an address of a
cluster is another pod's a moment later.
"""

import asyncio
import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proxy.core.commands import Way
from proxy.net.dial import UnreachableError
from wire.door import BUSY, LONGEST, OK, REFUSED, question, seed

PATIENCE = 9.0
"""Seconds for a door to be reached, to prove itself and to answer; ports have less for theirs."""
_WAYS = {REFUSED: Way.REFUSED, BUSY: Way.BUSY}
Made = tuple[asyncio.BaseTransport, asyncio.BaseProtocol]


def _tls() -> ssl.SSLContext:
    """Return how doors are spoken to: their certificates are looked at here."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


_TLS = _tls()


class _Opening(asyncio.Protocol):
    """A connection to a door until that has answered; `answer` is its word, None for none."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.rest = b""
        self.lost = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses, but have the same methods
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        if self.answer.done() or self._transport is None:
            return
        word, newline, rest = self.rest.partition(b"\n")
        if newline:
            self.rest = rest
            self._transport.pause_reading()  # what follows is for whoever asked
            self.answer.set_result(word.decode("latin-1"))
        elif len(self.rest) > LONGEST:
            self.answer.set_result(None)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.lost = True
        if not self.answer.done():
            self.answer.set_result(None)


async def enter(make: Callable[[], asyncio.BaseProtocol], at: str, key: str, port: int) -> Made:
    """Return a connection to a port of the instance with this key, for the protocol of `make`.

    `at` is address and port of its door. Raises UnreachableError.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await _enter(make, at, key, port)
    except TimeoutError as error:
        raise UnreachableError(Way.AWAY) from error
    except ssl.SSLError as error:
        raise UnreachableError(Way.UNKNOWN) from error
    except (OSError, ValueError) as error:
        raise UnreachableError(Way.AWAY) from error


async def _enter(make: Callable[[], asyncio.BaseProtocol], at: str, key: str, port: int) -> Made:
    host, _, number = at.rpartition(":")
    transport, opening = await asyncio.get_running_loop().create_connection(
        _Opening, host.strip("[]"), int(number), ssl=_TLS, server_hostname=""
    )
    try:
        await _let_in(transport, opening, key, port)
        protocol = make()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if opening.rest:
            cast("asyncio.Protocol", protocol).data_received(opening.rest)
        if not transport.is_closing():
            transport.resume_reading()
    except BaseException:
        transport.abort()
        raise
    return transport, protocol


async def _let_in(
    transport: asyncio.WriteTransport, opening: _Opening, key: str, port: int
) -> None:
    """Return when the door leads to the port; raises UnreachableError."""
    if _shown(transport) != _public(key):
        raise UnreachableError(Way.UNKNOWN)
    transport.write(question(port, key))
    word = await opening.answer
    if word is None or opening.lost:
        raise UnreachableError(Way.AWAY)
    if word != OK:
        raise UnreachableError(_WAYS.get(word, Way.UNKNOWN))


def _shown(transport: asyncio.BaseTransport) -> bytes:
    """Return the key that the other end has proven to have; empty for one that is no door's."""
    shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
    try:
        public = x509.load_der_x509_certificate(shown or b"").public_key()
    except ValueError:
        return b""
    return public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else b""


@lru_cache(maxsize=10_000)
def _public(key: str) -> bytes:
    """Return the public key of the door of the instance with this key."""
    return Ed25519PrivateKey.from_private_bytes(seed(key)).public_key().public_bytes_raw()
