"""The door: where proxies come in over a network, when this is a pod (wire.door, ADR 49).

Who cannot show a password that is made of the instance's key gets a handshake and nothing else.
Handshakes are few at once: the oldest half-done one gives way, since a proxy's takes a moment.
"""

import asyncio
import errno
import os
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import msgspec

from supervisor.host.asking import Asking, NotGiven
from supervisor.host.journal import note
from supervisor.host.visit import Inner, Visit
from wire.door import BUSY, DOOR_PATH, OK, REFUSED, UNKNOWN, DoorGiven, asked

PROOF = 5.0
"""Seconds for a handshake and the line behind it."""
MOST_UNPROVEN = 64
"""Connections at once that have proven nothing yet."""
MOST = 4096
"""Connections at once."""
CONNECT = 8.0
"""Seconds for a port to accept; less than proxies wait."""
WAITING = 64
"""Connects to one port that may wait."""
AGAIN = 1.0
"""Seconds until the server is asked again for the certificate, or the port tried again."""
_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class Door:
    """Lets proxies in; `key` is the instance's, empty while nobody has told it."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key
        self._unproven: dict[asyncio.Task[None], None] = {}
        """Oldest first."""
        self._open: set[Visit] = set()
        self._waiting: Counter[int] = Counter()

    async def serve(self, listening: socket.socket, tls: ssl.SSLContext) -> None:
        """Accept until cancelled; the socket is closed then."""
        loop = asyncio.get_running_loop()
        work: set[asyncio.Task[None]] = set()
        try:
            with listening:
                while True:
                    try:
                        connected, _ = await loop.sock_accept(listening)
                    except OSError as error:  # no descriptor left, or it went while it waited
                        note("door_not_accepted", error=str(error))
                        await asyncio.sleep(AGAIN)
                        continue
                    if len(self._unproven) >= MOST_UNPROVEN:
                        oldest = next(iter(self._unproven))
                        del self._unproven[oldest]
                        oldest.cancel()
                    task = loop.create_task(self._admit(connected, tls), name="door-visit")
                    self._unproven[task] = None
                    work.add(task)
                    task.add_done_callback(work.discard)
                    task.add_done_callback(self._proven)
                    await asyncio.sleep(0)  # it has the socket from its first step on
        finally:
            for one in work:
                one.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            for visit in list(self._open):
                visit.reset()

    def _proven(self, task: "asyncio.Task[None]") -> None:
        self._unproven.pop(task, None)

    async def _admit(self, connected: socket.socket, tls: ssl.SSLContext) -> None:
        """Hear who it is, and lead them on."""
        visit = Visit(self._open.discard)
        try:
            async with asyncio.timeout(PROOF):
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: visit, connected, ssl=tls, ssl_handshake_timeout=PROOF
                )
                self._open.add(visit)
                line = await visit.line
            port = None if line is None else asked(line, self._key())
            if port is None:
                visit.reset()
                return
            task = asyncio.current_task()
            assert task is not None
            self._proven(task)
            await self._lead(visit, port)
        except (OSError, TimeoutError):
            visit.reset()
        except BaseException:
            visit.reset()
            raise

    async def _lead(self, visit: Visit, port: int) -> None:
        """Join a visit to a port, or say why not."""
        word, inner = (UNKNOWN, None) if port == 0 else await self._connected(port)
        visit.answer(word)
        if inner is None:
            visit.finish()
            return
        try:
            await asyncio.get_running_loop().create_connection(lambda: Inner(visit), sock=inner)
        except BaseException:
            inner.close()
            raise

    async def _connected(self, port: int) -> tuple[str, socket.socket | None]:
        """Return what to answer, and a connected socket when that is `ok`."""
        if len(self._open) > MOST or self._waiting[port] >= WAITING:
            return BUSY, None
        self._waiting[port] += 1
        try:
            async with asyncio.timeout(CONNECT):
                return OK, await _dial(port)
        except ConnectionRefusedError:
            return REFUSED, None
        except (TimeoutError, OSError):
            return BUSY, None
        finally:
            self._waiting[port] -= 1
            if not self._waiting[port]:
                del self._waiting[port]


async def _dial(port: int) -> socket.socket:
    """Return a connected socket: 127.0.0.1 first, then ::1. Raises OSError."""
    loop = asyncio.get_running_loop()
    for family, address in _LOOPBACK:
        made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.sock_connect(made, (address, port))
        except ConnectionRefusedError:
            made.close()
        except OSError as error:
            made.close()
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise ConnectionRefusedError(errno.ECONNREFUSED, "nothing listens")


def context_of(certificate: str) -> ssl.SSLContext:
    """Return how a door speaks, from a certificate and its key as PEM; raises ssl.SSLError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.num_tickets = 0  # each connection proves itself anew
    file = os.memfd_create("door")  # the library reads files alone
    try:
        os.write(file, certificate.encode())
        made.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
    return made


def listen(address: str, port: int) -> socket.socket:
    """Return the listening socket of a door; raises OSError and ValueError."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    return made


async def serve_door(address: str, port: int, asking: Asking, key: Callable[[], str]) -> None:
    """Serve until cancelled; without an address nobody comes over a network."""
    while address:
        try:
            given = msgspec.json.decode(await asking.ask(DOOR_PATH), type=DoorGiven)
            tls, listening = context_of(given.certificate), listen(address, port)
        except NotGiven as error:
            note("door_not_given", status=error.status)
        except (OSError, ValueError) as error:
            note("door_not_open", error=str(error))
        else:
            note("door_open", address=address, port=port)
            with suppress(OSError):
                await Door(key).serve(listening, tls)
        await asyncio.sleep(AGAIN)
