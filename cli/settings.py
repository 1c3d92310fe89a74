"""Settings of the launcher and the command line."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kit.durations import seconds_of
from kit.env import SettingError, flag, number, text
from wire.hosts import Hosts
from wire.layout import Layout

PASSED_ON = (
    "PODIUM_CONTENT_DOMAIN",
    "PODIUM_LOCAL_REPOSITORIES",
    "PODIUM_GIT_PROTOCOLS",
    "PODIUM_CLONE_LIMIT",
    "PODIUM_MIRROR_LIMIT",
    "PODIUM_EGRESS_ALLOW",
    "PODIUM_NO_CONTAINERS",
    "PODIUM_TRUSTED_FRONTS",
    "PODIUM_PROXY_ADMIN",
    "PODIUM_PROXY_CONNECTIONS",
    "PODIUM_PROXY_WORKERS",
    "PODIUM_VISITOR_CONNECTIONS",
    "PODIUM_ADDRESS_REQUESTS",
    "PODIUM_DRAIN",
    "PODIUM_TIMEOUT",
    "PODIUM_JOB_LIMIT",
    "PODIUM_MAX_LIFETIME",
    "PODIUM_MAX_BUILDS",
    "PODIUM_KEEP_BUILDS",
    "PODIUM_ARCHIVE",
    "PODIUM_CLEAN_UP",
    "PODIUM_KEEP_ORPHANS",
    "PODIUM_MAX_SNAPSHOTS",
    "PODIUM_BACKUP_EVERY",
    "PODIUM_BACKUP_CHECK",
    "PODIUM_DISK_FLOOR",
    "PODIUM_DISK_LIMITS",
    "PODIUM_INODE_FLOOR",
    "PODIUM_BACKUP_STORE",
    "PODIUM_BACKUP_STORE_REGION",
    "PODIUM_BACKUP_STORE_CREDENTIALS",
    "PODIUM_BACKUP_STORE_CA",
    "PODIUM_BACKUP_STORE_PATIENCE",
    "PODIUM_KEEP_POINTS",
    "PODIUM_KEEP_DELETED",
    "PODIUM_PLATFORM_BACKUP",
    "PODIUM_PLATFORM_BACKUPS_KEPT",
    "PODIUM_MAX_STARTING",
    "PODIUM_NODES",
    "PODIUM_LINK_CERTS",
    "PODIUM_DAEMON_LISTEN",
    "PODIUM_CONTAINERS",
    "PODIUM_NODE_LEASE",
    "PODIUM_SHARE_LINKS",
    "PODIUM_LONGEST_SHARE",
    "PODIUM_IDES",
    "PODIUM_GALLERY",
    "PODIUM_LOG_LEVEL",
    "PODIUM_ASSETS_QUIET",
    "PODIUM_IMAGE_LIMIT",
    "PODIUM_IMAGES_LIMIT",
    "PODIUM_IMAGES_UNUSED",
    "PODIUM_IMAGE_ENTRIES",
    "PODIUM_ASSETS_CACHE",
    "PODIUM_SERVED_IMAGES",
    "PODIUM_STORE_LIMIT",
    "PODIUM_STORE_UNUSED",
    "PODIUM_REGISTRY_NETWORKS",
    "PODIUM_REGISTRY_MIRRORS",
    "PODIUM_REGISTRY_AUTH",
    "PODIUM_REGISTRY_PROXY",
    "PODIUM_IMAGE_REGISTRY",
    "PODIUM_RUN_ROOT",
)
"""Variables that the platform's processes are given as they are when they are set."""


_FOLDER = "PODIUM_PLATFORM_BACKUP_FOLDER"
_PASSPHRASE = "PODIUM_PLATFORM_BACKUP_PASSPHRASE"  # noqa: S105 - a variable's name
_SOONEST = 3600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once in `__main__`."""

    layout: Layout
    """PODIUM_HOME (/var/lib/podium; its real path counts), PODIUM_CACHE (/var/cache/podium) and
    PODIUM_RUN_ROOT (/run/podium; another one only in tests): where everything is kept."""

    port: int
    """PODIUM_PORT: TCP port of the one entry; 8080."""

    ssh_port: int
    """PODIUM_SSH_PORT: TCP port of the SSH gateway; 2222, and 0 is none."""

    listen: str
    """PODIUM_LISTEN: address of the one entry; loopback until a domain with TLS is set."""

    redirect_port: int
    """PODIUM_REDIRECT_PORT: TCP port that leads from http to https; 80 where PODIUM_PORT is 443
    and there is a certificate, else 0, which is none."""

    certificate: str
    """PODIUM_TLS_CERT: real path of a certificate, or of a folder with several; empty is none."""

    base_url: str
    """PODIUM_BASE_URL: origin of the dashboard; http://podium.localhost:<port>, https with a
    certificate."""

    user: str
    """PODIUM_USER: system user of all but launcher and daemon (podium); made when
    it is missing."""

    full_image: bool
    """PODIUM_FULL_IMAGE: whether the image `full` is built in the background, once (yes); about
    2 GB of disk."""

    jupyterlab: bool
    """PODIUM_JUPYTERLAB: whether JupyterLab is built in the background, once (yes); about 250 MB of
    disk."""

    save_every: float | None
    """PODIUM_PLATFORM_BACKUP: how long after a backup of the platform itself the next one is
    made, at least 1h; 24h; none: only those that somebody makes."""

    save_folder: str
    """PODIUM_PLATFORM_BACKUP_FOLDER: where they are kept; `backups/platform` of the data folder,
    which a lost disk takes along: a folder on another one is better."""

    save_most: int
    """PODIUM_PLATFORM_BACKUPS_KEPT: how many are kept; 7."""

    save_passphrase: str
    """PODIUM_PLATFORM_BACKUP_PASSPHRASE: path of a file with the passphrase that they are
    encrypted with; empty is without one."""

    url: str
    """PODIUM_URL: origin of another machine's Podium for the workspace commands; empty means
    the one of this machine."""

    token: str
    """PODIUM_TOKEN: API token of the workspace commands; empty means the one that `podium up`
    keeps for root of this machine, which is never sent to PODIUM_URL."""

    environment: Mapping[str, str]
    """What the platform's processes are told: the settings above, spelled out, and of the
    caller's environment only the variables of PASSED_ON."""

    @property
    def later(self) -> tuple[str, ...]:
        """Parts that are built in the background, as `cli.setup.full` names them."""
        wanted = {"jupyterlab": self.jupyterlab, "full": self.full_image}
        return tuple(part for part, is_wanted in wanted.items() if is_wanted)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; raises SettingError for what cannot be understood."""
        layout = Layout(
            PurePosixPath(os.path.realpath(text(environ, "PODIUM_HOME", "/var/lib/podium"))),
            PurePosixPath(os.path.realpath(text(environ, "PODIUM_CACHE", "/var/cache/podium"))),
            PurePosixPath(text(environ, "PODIUM_RUN_ROOT", "/run/podium")),
        )
        port = number(environ, "PODIUM_PORT", 8080, least=1, most=65535)
        ssh_port = number(environ, "PODIUM_SSH_PORT", 2222, most=65535)
        listen = text(environ, "PODIUM_LISTEN", "127.0.0.1")
        certificate, key = (_path(environ, f"PODIUM_TLS_{name}") for name in ("CERT", "KEY"))
        redirect = 80 if certificate and port == 443 else 0
        redirect_port = number(environ, "PODIUM_REDIRECT_PORT", redirect, most=65535)
        scheme = "https" if certificate else "http"
        base_url = _origin(environ, "PODIUM_BASE_URL", f"{scheme}://podium.localhost:{port}")
        if certificate and not base_url.startswith("https:"):
            raise SettingError("PODIUM_TLS_CERT is set, but PODIUM_BASE_URL is not https")
        user = text(environ, "PODIUM_USER", "podium")
        full_image = flag(environ, "PODIUM_FULL_IMAGE", default=True)
        jupyterlab = flag(environ, "PODIUM_JUPYTERLAB", default=True)
        told = {
            "PODIUM_HOME": str(layout.home),
            "PODIUM_CACHE": str(layout.cache),
            "PODIUM_PORT": str(port),
            "PODIUM_SSH_PORT": str(ssh_port),
            "PODIUM_LISTEN": listen,
            "PODIUM_REDIRECT_PORT": str(redirect_port),
            "PODIUM_BASE_URL": base_url,
            "PODIUM_USER": user,
            "PODIUM_FULL_IMAGE": "yes" if full_image else "no",
            "PODIUM_JUPYTERLAB": "yes" if jupyterlab else "no",
        }
        files = {"PODIUM_TLS_CERT": certificate, "PODIUM_TLS_KEY": key}
        files |= {name: _path(environ, name) for name in (_FOLDER, _PASSPHRASE)}
        told |= {name: value for name, value in files.items() if value}
        return cls(
            layout=layout,
            port=port,
            ssh_port=ssh_port,
            listen=listen,
            redirect_port=redirect_port,
            certificate=certificate,
            base_url=base_url,
            user=user,
            full_image=full_image,
            jupyterlab=jupyterlab,
            save_every=_save_every(environ),
            save_folder=_path(environ, _FOLDER) or str(layout.platform_backups),
            save_most=number(environ, "PODIUM_PLATFORM_BACKUPS_KEPT", 7, least=1, most=10_000),
            save_passphrase=_path(environ, _PASSPHRASE),
            url=_origin(environ, "PODIUM_URL", "") if environ.get("PODIUM_URL") else "",
            token=environ.get("PODIUM_TOKEN", "").strip(),
            environment=told | {name: environ[name] for name in PASSED_ON if environ.get(name)},
        )


def _save_every(environ: Mapping[str, str]) -> float | None:
    wish = text(environ, "PODIUM_PLATFORM_BACKUP", "24h").lower()
    try:
        every = None if wish == "none" else seconds_of(wish)
    except ValueError as error:
        raise SettingError(f"PODIUM_PLATFORM_BACKUP: {error}") from error
    if every is not None and every < _SOONEST:
        raise SettingError(f"PODIUM_PLATFORM_BACKUP={wish!r} must be at least 1h, or none")
    return every


def _path(environ: Mapping[str, str], name: str) -> str:
    """Return a file's path from the root on, since processes stand elsewhere; links stay."""
    value = environ.get(name, "").strip()
    return str(Path.cwd() / value) if value else ""


def _origin(environ: Mapping[str, str], name: str, default: str) -> str:
    value = text(environ, name, default)
    try:
        return Hosts.of(value, "localhost").dashboard
    except ValueError as error:
        raise SettingError(f"{name}={value!r}: {error}") from error
