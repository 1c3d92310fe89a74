"""Settings of blobserve."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from kit.env import SettingError, listener, number, parts, size, text
from kit.oci.core.reach import Network, networks
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused
from wire.layout import Layout

REPOSITORIES = frozenset({"vscode"})
"""Repositories of images that are served; any other is refused."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once in `__main__`."""

    layout: Layout
    """PODIUM_HOME, PODIUM_CACHE and PODIUM_RUN_ROOT: where images, sockets and variants are."""
    quiet: int
    """PODIUM_ASSETS_QUIET: seconds without a request after which files are compressed harder, at
    idle priority; 600, so that nobody who works notices. 0 never does it."""
    registry_networks: tuple[Network, ...]
    """PODIUM_REGISTRY_NETWORKS: private networks in which registries of images may be, like
    10.0.0.0/8, separated by commas; empty, so that nobody's image name makes the platform ask what
    is behind it. 127.0.0.0/8 is for a registry on this machine, which may speak plain http."""
    registry_mirrors: Mapping[str, tuple[str, ...]]
    """PODIUM_REGISTRY_MIRRORS: what is asked before a registry itself, like
    docker.io=mirror.example:5000, separated by commas; several of one registry in their order."""
    registry_proxy: str
    """PODIUM_REGISTRY_PROXY: HTTP proxy through which registries are asked, like
    http://proxy.example:3128 or with user:password@ before the host; none. What is in
    PODIUM_REGISTRY_NETWORKS, and mirrors there, are asked directly. Where an image's name leads
    is then for the proxy to allow."""
    registry_auth: str
    """PODIUM_REGISTRY_AUTH: path of a config.json as Docker keeps it, with passwords of registries;
    none. It is read when it changes, must be readable by PODIUM_USER, and serves every user."""
    image_registry: Reference | None
    """PODIUM_IMAGE_REGISTRY: repository of a registry below which images that are built here are
    kept as well, like registry.example:5000/podium: one that has left this machine is then read
    from there instead of being built again. None, so that they are on this machine alone. Its
    password is in PODIUM_REGISTRY_AUTH; one in a private network needs PODIUM_REGISTRY_NETWORKS."""
    catalogue: str
    """PODIUM_SERVED_IMAGES: path of a TOML file with the images whose files are served beside the
    editor's, as docs/static-files.md describes it; none, so that no other image's are."""
    cache_limit: int
    """Bytes (`PODIUM_ASSETS_CACHE`, default 4G) that expanded layers and compressed files of such
    images may have on the disk. What was used longest ago goes first."""
    store_limit: int
    """Bytes (`PODIUM_STORE_LIMIT`, default 50G) that images may have in the store of what was built
    and of what is served. What was used longest ago goes first, and is built or loaded again when
    it is asked for. 0 sets no limit."""
    store_unused: int
    """Days (`PODIUM_STORE_UNUSED`, default 90) after which an image of that store goes that nobody
    has asked for since, however small the store is. 0 sets no limit."""
    metrics: tuple[str, int] | None
    """PODIUM_LISTEN_METRICS: address and port, like 0.0.0.0:9100, at which /metrics is, for the
    Prometheus of a cluster; none. `make up` does not pass it on: there the proxy's have them."""
    log_level: str
    """PODIUM_LOG_LEVEL: debug, info, warning or error; info tells each request."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; raises SettingError for what cannot be understood."""
        home = os.path.realpath(text(environ, "PODIUM_HOME", "/var/lib/podium"))
        cache = text(environ, "PODIUM_CACHE", "/var/cache/podium")
        run = text(environ, "PODIUM_RUN_ROOT", "/run/podium")
        return cls(
            layout=Layout(PurePosixPath(home), PurePosixPath(cache), PurePosixPath(run)),
            quiet=number(environ, "PODIUM_ASSETS_QUIET", 600),
            registry_networks=_networks(environ, "PODIUM_REGISTRY_NETWORKS"),
            registry_mirrors=_mirrors(environ, "PODIUM_REGISTRY_MIRRORS"),
            registry_proxy=_proxy(environ, "PODIUM_REGISTRY_PROXY"),
            registry_auth=text(environ, "PODIUM_REGISTRY_AUTH", ""),
            image_registry=_repository(environ, "PODIUM_IMAGE_REGISTRY"),
            catalogue=text(environ, "PODIUM_SERVED_IMAGES", ""),
            cache_limit=size(environ, "PODIUM_ASSETS_CACHE", 4 << 30),
            store_limit=size(environ, "PODIUM_STORE_LIMIT", 50 << 30),
            store_unused=number(environ, "PODIUM_STORE_UNUSED", 90, most=36_500),
            metrics=listener(environ, "PODIUM_LISTEN_METRICS"),
            log_level=text(environ, "PODIUM_LOG_LEVEL", "info"),
        )


def _repository(environ: Mapping[str, str], name: str) -> Reference | None:
    said = text(environ, name, "")
    if not said:
        return None
    try:
        found = parse(said)
    except Refused as error:
        raise SettingError(f"{name}: {error}") from error
    if said != found.name:  # with a tag, or without a host
        raise SettingError(f"{name}={said!r} is not like registry.example:5000/podium")
    return found


def _networks(environ: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return networks(parts(environ, name, ","))
    except ValueError as error:
        raise SettingError(f"{name}: {error}") from error


def _mirrors(environ: Mapping[str, str], name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in parts(environ, name, ","):
        host, equals, mirror = (part.strip() for part in one.partition("="))
        if not equals or not _is_host(host) or not _is_host(mirror):
            raise SettingError(f"{name}: {one!r} is not like docker.io=mirror.example:5000")
        found[host] = (*found.get(host, ()), mirror)
    return found


def _proxy(environ: Mapping[str, str], name: str) -> str:
    found = text(environ, name, "")
    parts = urlsplit(found)
    if found and (parts.scheme != "http" or not parts.hostname or parts.path not in {"", "/"}):
        # whatever it is, it may have a password in it
        raise SettingError(f"{name} is not like http://proxy.example:3128")
    return found


def _is_host(text: str) -> bool:
    try:
        return parse(f"{text}/x/y").host == text
    except Refused:
        return False
