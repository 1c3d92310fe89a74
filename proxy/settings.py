"""Settings of the proxy."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kit.env import SettingError, number, parts, text
from proxy.core.forwarded import Fronts
from wire.hosts import Hosts
from wire.layout import Layout

_TLS = ("CERT", "KEY")


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once in `__main__`."""

    layout: Layout
    """Folders of the installation, from PODIUM_HOME and PODIUM_CACHE."""
    hosts: Hosts
    """Host grammar, from PODIUM_BASE_URL and PODIUM_CONTENT_DOMAIN."""
    listen: str
    """PODIUM_LISTEN: address to listen on; loopback, because nothing else is safe without TLS."""
    port: int
    """PODIUM_PORT: TCP port of the one entry."""
    fronts: Fronts
    """PODIUM_TRUSTED_FRONTS: networks, comma-separated, whose X-Forwarded-For is believed;
    none, because anybody could claim to be anybody."""
    tls_certificate: Path | None
    """PODIUM_TLS_CERT: certificate with its chain (PEM) of all names, or a folder with several,
    chosen by the name that is asked for; none leaves TLS to a front. Read again when it changes.
    docs/tls.md tells of names and folders."""
    tls_key: Path | None
    """PODIUM_TLS_KEY: its private key (PEM); by default in the certificate's own file."""
    redirect_port: int
    """PODIUM_REDIRECT_PORT: port of plain HTTP that leads to HTTPS; 80 where PODIUM_PORT is 443
    and there is a certificate, else 0, which is none."""
    workers: int
    """PODIUM_PROXY_WORKERS: worker processes. A quarter of the cores, from 1 to 4: one core
    carries tens of thousands of requests a second, so that more than one is for what keeps a
    core busy (TLS, large downloads) and for losing less when one dies; each takes about 60 MB.
    0 serves in the very process that was started, without a master that starts it anew."""
    connections: int
    """PODIUM_PROXY_CONNECTIONS: connections of browsers that a worker holds; for another one,
    those of whoever has most of them give way that are not a signed-in person's. 0 is what the
    limit of open files (`ulimit -Hn`) has room for, 8192 at most: half a head takes 28 KB."""
    visitors: int
    """PODIUM_VISITOR_CONNECTIONS: connections that one address may have in use at public and
    shared ports without an account, each worker's share of them at least 64; a page takes about
    six, and a school or an office may stand behind one address. 256, because an unread download
    takes up to a megabyte. More are answered 429. 0 is no limit."""
    address_requests: int
    """PODIUM_ADDRESS_REQUESTS: requests of one address that are in work at once at the dashboard,
    as many for static files and as many at the registry of images, each worker's share of them at
    least 16; a browser sends six, and 64 are worked off in a fraction of a second. More wait for
    their turn, for half a minute at most. 0 is no limit."""
    drain: int
    """PODIUM_DRAIN: seconds that a worker which was replaced may take for what it has in work,
    such as a download; 300."""
    log_level: str
    """PODIUM_LOG_LEVEL: debug, info, warning or error; info tells each request."""
    admin: tuple[str, int] | None = None
    """PODIUM_PROXY_ADMIN: loopback address and port, like 127.0.0.1:9100, that answer /metrics,
    /healthz and /readyz; none, because whoever is on this machine could read them, and root has
    the socket `proxy/admin.sock` of the run folder."""
    ssh_port: int = 2222
    """PODIUM_SSH_PORT: TCP port of the SSH gateway; 2222, because 22 is the machine's own, and 0
    is none."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; raises SettingError for what cannot be understood."""
        home = os.path.realpath(text(environ, "PODIUM_HOME", "/var/lib/podium"))
        cache = text(environ, "PODIUM_CACHE", "/var/cache/podium")
        run = text(environ, "PODIUM_RUN_ROOT", "/run/podium")
        port = number(environ, "PODIUM_PORT", 8080, least=1, most=65535)
        certificate, key = (environ.get(f"PODIUM_TLS_{name}", "").strip() for name in _TLS)
        redirect = 80 if certificate and port == 443 else 0
        scheme = "https" if certificate else "http"
        base = text(environ, "PODIUM_BASE_URL", f"{scheme}://podium.localhost:{port}")
        if certificate and not base.startswith("https:"):
            raise SettingError("PODIUM_TLS_CERT is set, but PODIUM_BASE_URL is not https")
        listen = text(environ, "PODIUM_LISTEN", "127.0.0.1")
        try:
            ipaddress.ip_address(listen)
            hosts = Hosts.of(base, text(environ, "PODIUM_CONTENT_DOMAIN", "localhost"))
            fronts = Fronts.of(parts(environ, "PODIUM_TRUSTED_FRONTS", ","))
            admin = _loopback(environ.get("PODIUM_PROXY_ADMIN", "").strip())
        except ValueError as error:
            raise SettingError(str(error)) from error
        return cls(
            layout=Layout(PurePosixPath(home), PurePosixPath(cache), PurePosixPath(run)),
            hosts=hosts,
            listen=listen,
            port=port,
            fronts=fronts,
            tls_certificate=Path(certificate) if certificate else None,
            tls_key=Path(key) if key else None,
            redirect_port=number(environ, "PODIUM_REDIRECT_PORT", redirect, most=65535),
            workers=number(environ, "PODIUM_PROXY_WORKERS", usual_workers(), least=0, most=64),
            connections=number(environ, "PODIUM_PROXY_CONNECTIONS", 0, least=0, most=1_000_000),
            visitors=number(environ, "PODIUM_VISITOR_CONNECTIONS", 256, least=0, most=1_000_000),
            address_requests=number(
                environ, "PODIUM_ADDRESS_REQUESTS", 64, least=0, most=1_000_000
            ),
            drain=number(environ, "PODIUM_DRAIN", 300, least=1, most=86_400),
            ssh_port=number(environ, "PODIUM_SSH_PORT", 2222, most=65535),
            log_level=text(environ, "PODIUM_LOG_LEVEL", "info"),
            admin=admin,
        )


def usual_workers() -> int:
    """Return how many workers suit the cores that this process may use."""
    return min(4, max(1, len(os.sched_getaffinity(0)) // 4))


def _loopback(spelt: str) -> tuple[str, int] | None:
    """Return address and port of `127.0.0.1:9100` or `[::1]:9100`, None for nothing."""
    if not spelt:
        return None
    host, _, port = spelt.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingError(f"PODIUM_PROXY_ADMIN={spelt!r} must be like 127.0.0.1:9100")
    if not ipaddress.ip_address(host).is_loopback:
        raise SettingError(
            f"PODIUM_PROXY_ADMIN={spelt!r} must be a loopback address: nobody is asked who they are"
        )
    return host, int(port)
