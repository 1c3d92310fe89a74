"""Own certificates: read from files, chosen by name, renewed without a dropped connection.

A listener has one context for ever, which holds what sessions are resumed with; it chooses
the certificate's own context in each handshake. So a renewed certificate is there for the
next handshake, and connections go on with what they began with.
"""

import asyncio
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from proxy.core.certificates import choose, missing
from wire.hosts import Hosts

_log = structlog.get_logger(__name__)

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption. Those of 1.3 are all good."""
LOOK = 5.0
"""Seconds between two looks at the files."""
SOON = 14 * 86_400.0
"""Seconds before its end from which a certificate's renewal is asked for."""
REMIND = 86_400.0
"""Seconds between two such reminders."""
_ENDINGS = (".crt", ".pem", ".cer")
_PAIRS = (("fullchain.pem", "privkey.pem"), ("tls.crt", "tls.key"))
"""Of a folder below: as certbot and Kubernetes name them."""


class CertificateError(Exception):
    """Files that cannot be used; the text tells cause and cure."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate with its key."""

    file: Path
    names: tuple[str, ...]
    begins: float
    ends: float
    """Seconds since 1970."""
    context: ssl.SSLContext


def find(certificate: Path, key: Path | None) -> list[tuple[Path, Path]]:
    """Return the files: one pair, or every pair of a folder. Raises CertificateError."""
    try:
        return _find(certificate, key)
    except OSError as error:
        raise _unreadable(certificate, error) from error


def _find(certificate: Path, key: Path | None) -> list[tuple[Path, Path]]:
    if not certificate.is_dir():
        return [(certificate, key or certificate)]
    found = []
    for one in sorted(certificate.iterdir()):
        if one.is_dir():
            pairs = [(one / first, one / second) for first, second in _PAIRS]
            found += [pair for pair in pairs if pair[0].exists()]
        elif one.suffix in _ENDINGS and one.with_suffix(".key").exists():
            found.append((one, one.with_suffix(".key")))
    if not found:
        raise CertificateError(
            f"{certificate} holds no certificate. Put pairs there: example.org.crt beside "
            "example.org.key, or a folder with fullchain.pem and privkey.pem."
        )
    return found


def read(certificate: Path, key: Path) -> Certificate:
    """Read a certificate with its chain, and its key; raises CertificateError."""
    text, secret = _bytes(certificate), _bytes(key)
    try:
        leaf = x509.load_pem_x509_certificates(text)[0]
    except ValueError as error:
        raise CertificateError(
            f"{certificate} holds no certificate in PEM form. It has to begin with the server's "
            "own, followed by those of its issuers (fullchain.pem)."
        ) from error
    try:
        own = load_pem_private_key(secret, None)
    except TypeError as error:
        raise CertificateError(
            f"The key in {key} is protected by a password, which nobody is here to type. "
            "Write it without one: openssl pkey -in … -out …"
        ) from error
    except ValueError as error:
        raise CertificateError(
            f"{key} holds no private key in PEM form. Set PODIUM_TLS_KEY to the file that has it."
        ) from error
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if leaf.public_key().public_bytes(*form) != own.public_key().public_bytes(*form):
        raise CertificateError(
            f"{key} is not the key of the first certificate in {certificate}. Give both of one "
            "issue, and in the certificate's file the server's own before its issuers'."
        )
    names = tuple(name.lower() for name in _names(leaf))
    if not names:
        raise CertificateError(
            f"{certificate} names no host (subjectAltName), so that no browser would take it."
        )
    context = _context()
    try:
        context.load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(f"{certificate} cannot be used: {error}") from error
    begins, ends = leaf.not_valid_before_utc.timestamp(), leaf.not_valid_after_utc.timestamp()
    return Certificate(certificate, names, begins, ends, context)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> CertificateError:
    if isinstance(error, PermissionError):
        return CertificateError(
            f"{file} may not be read by the proxy, which is not root. Let its group, podium, read "
            f"it: chgrp podium {file}; chmod 640 {file}; and let it into the folders above."
        )
    return CertificateError(f"{file}: {error.strerror}. Mend PODIUM_TLS_CERT or PODIUM_TLS_KEY.")


def _names(leaf: x509.Certificate) -> Iterator[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return
    yield from names.get_values_for_type(x509.DNSName)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["http/1.1"])
    return context


class Certificates:
    """Every certificate of an installation; `context` is for listeners."""

    def __init__(self, certificate: Path, key: Path | None, hosts: Hosts) -> None:
        self._where = certificate, key
        self._hosts = hosts
        self._held: list[Certificate] = []
        self._by_name: dict[str, Certificate] = {}
        self._seen: object = None
        self._reminded = float("-inf")
        self.context = _context()
        self.context.sni_callback = self._choose

    def load(self) -> None:
        """Read everything; raises CertificateError, and then goes on with what there was.

        What has expired is taken only when there is nothing better.
        """
        self._seen = self._look()
        held = [read(*pair) for pair in find(*self._where)]
        now = time.time()
        for one in held:
            if one.ends <= now and any(old.ends > now for old in self._held):
                raise CertificateError(f"{one.file} has expired. Have it issued anew.")
        self._held = held
        by_name: dict[str, Certificate] = {}
        for one in sorted(held, key=lambda one: one.ends):
            by_name |= dict.fromkeys(one.names, one)
        self._by_name = by_name
        self._reminded = float("-inf")
        _log.info("certificates_loaded", files=[str(one.file) for one in held], names=[*by_name])
        without = missing(by_name, self._hosts)
        if without:
            _log.warning(
                "certificate_names_missing",
                names=without,
                cause="Browsers will refuse these addresses.",
                cure="Have one certificate issued for all of them, or add another one.",
            )

    def remind(self) -> None:
        """Say which certificates end soon, or have."""
        now = time.time()
        if now - self._reminded < REMIND:
            return
        self._reminded = now
        for one in self._held:
            if one.ends - now < SOON:
                _log.error(
                    "certificate_expired" if one.ends <= now else "certificate_expires",
                    file=str(one.file),
                    names=list(one.names),
                    days=round((one.ends - now) / 86_400, 1),
                    cure="Have it issued anew; the file is read again by itself.",
                )

    async def watch(self) -> None:
        """Read the files again when they have changed, for ever."""
        while True:
            self.remind()
            # by the clock, so that all workers show the same one
            await asyncio.sleep(LOOK - time.time() % LOOK)
            if self._look() == self._seen:
                continue
            try:
                await asyncio.to_thread(self.load)
            except CertificateError as error:
                _log.error("certificates_not_renewed", error=str(error))

    def _look(self) -> object:
        """Return what tells files from changed ones."""
        try:
            files = [file for pair in find(*self._where) for file in pair]
            seen = [(file, file.stat()) for file in files]
        except (OSError, CertificateError):
            return "away"
        # the last of it for files that could not be read yet when they came: chmod, chown
        return [
            (file, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for file, one in seen
        ]

    def _choose(
        self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext
    ) -> None:
        """Choose for a handshake; who asks for no name of ours gets the first, and a warning."""
        found = choose(self._by_name, name) if name else None
        connection.context = (found or self._held[0]).context
