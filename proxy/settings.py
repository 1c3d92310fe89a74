"""Settings of the proxy."""

import ipaddress
import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kit.env import SettingError, number, parts, text
from proxy.core.forwarded import Fronts
from wire.hosts import Hosts
from wire.layout import Layout


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
    log_level: str
    """PODIUM_LOG_LEVEL: debug, info, warning or error; info tells each request."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; raises SettingError for what cannot be understood."""
        home = os.path.realpath(text(environ, "PODIUM_HOME", "/var/lib/podium"))
        cache = text(environ, "PODIUM_CACHE", "/var/cache/podium")
        run = text(environ, "PODIUM_RUN_ROOT", "/run/podium")
        port = number(environ, "PODIUM_PORT", 8080, least=1, most=65535)
        base = text(environ, "PODIUM_BASE_URL", f"http://podium.localhost:{port}")
        listen = text(environ, "PODIUM_LISTEN", "127.0.0.1")
        try:
            ipaddress.ip_address(listen)
            hosts = Hosts.of(base, text(environ, "PODIUM_CONTENT_DOMAIN", "localhost"))
            fronts = Fronts.of(parts(environ, "PODIUM_TRUSTED_FRONTS", ","))
        except ValueError as error:
            raise SettingError(str(error)) from error
        return cls(
            layout=Layout(PurePosixPath(home), PurePosixPath(cache), PurePosixPath(run)),
            hosts=hosts,
            listen=listen,
            port=port,
            fronts=fronts,
            log_level=text(environ, "PODIUM_LOG_LEVEL", "info"),
        )
