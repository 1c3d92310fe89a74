"""Certificates by which processes of one installation know each other over a network.

A folder holds `ca.crt`, `tls.crt` and `tls.key`, as Kubernetes mounts such a secret. They are
read again when they have changed, at the next handshake: whoever issues them renews them while
processes run, and nothing has to begin anew. What cannot be read leaves what there was.

Both sides show a certificate of the authority, and nothing older than TLS 1.3 is spoken. Who
the other side is says its certificate and not its address, so host names are not compared:
`alternatives` tells the names, and whoever connects or listens has to judge them.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import structlog

_log = structlog.get_logger(__name__)

AUTHORITY = "ca.crt"
CHAIN = "tls.crt"
KEY = "tls.key"


class LinkCertsError(Exception):
    """Files that cannot be used; the text tells which, and why."""


@dataclass(frozen=True, slots=True)
class Pem:
    """What the files hold, in PEM."""

    authority: bytes
    chain: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class _Held:
    pem: Pem
    client: ssl.SSLContext
    server: ssl.SSLContext


class LinkCerts:
    """The certificates of one process. Raises LinkCertsError when there are none at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._failed = self._look()
        self._held = _read(folder)

    @property
    def pem(self) -> Pem:
        """The files as they are now; another object when they have changed."""
        return self._now().pem

    def client(self) -> ssl.SSLContext:
        """Return the context for a connection that is about to be made; ask for each anew."""
        return self._now().client

    def server(self, *, clients: bool = True) -> ssl.SSLContext:
        """Return a listener's context, for as long as it listens.

        Without `clients` who connects shows no certificate.
        """
        context = _context(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED if clients else ssl.CERT_NONE

        def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            connection.context = self._now().server

        context.sni_callback = choose
        return context

    def _now(self) -> _Held:
        look = self._look()
        if look not in (self._seen, self._failed):
            try:
                self._held = _read(self._folder)
                self._seen = look
                _log.info("link_certificates_read", folder=str(self._folder))
            except LinkCertsError as error:
                _log.error("link_certificates_not_renewed", error=str(error))
                self._failed = look
        return self._held

    def _look(self) -> tuple[tuple[int, ...], ...]:
        """Return what tells files from changed ones; chmod counts, for it may have hidden one."""
        found: list[tuple[int, ...]] = []
        for name in (AUTHORITY, CHAIN, KEY):
            try:
                one = (self._folder / name).stat()
            except OSError:
                found.append(())
            else:
                found.append((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns))
        return tuple(found)


def alternatives(connection: ssl.SSLObject | ssl.SSLSocket) -> tuple[str, ...]:
    """Return the alternative names of the other side's certificate, which was verified."""
    found = (connection.getpeercert() or {}).get("subjectAltName", ())
    names = cast("tuple[tuple[str, str], ...]", found)
    return tuple(value for kind, value in names if kind in {"URI", "DNS"})


def _read(folder: Path) -> _Held:
    pem = Pem(_bytes(folder / AUTHORITY), _bytes(folder / CHAIN), _bytes(folder / KEY))
    held = _Held(pem, _context(ssl.PROTOCOL_TLS_CLIENT), _context(ssl.PROTOCOL_TLS_SERVER))
    for context in (held.client, held.server):
        try:
            context.load_verify_locations(cadata=pem.authority.decode())
        except (ValueError, ssl.SSLError) as error:
            raise LinkCertsError(f"{folder / AUTHORITY} holds no certificate in PEM") from error
        try:
            context.load_cert_chain(folder / CHAIN, folder / KEY, password=_nobody)
        except (ValueError, OSError) as error:
            raise LinkCertsError(
                f"{folder / CHAIN} and {folder / KEY} are no certificate with its key: {error}"
            ) from error
    return held


def _context(protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    if protocol == ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0  # each connection proves anew who it is
    return context


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise LinkCertsError(f"{file}: {error.strerror}") from error


def _nobody() -> bytes:
    raise ValueError("the key has a password, which nobody is here to type")
