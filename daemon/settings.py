"""Settings of the workspace daemon, read once in `__main__`."""

import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path, PurePosixPath

from daemon.core.classes import NAMES
from kit import env, objectstore
from kit.durations import seconds_of
from wire.hosts import Hosts
from wire.layout import Layout


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside."""

    layout: Layout
    """Places of this installation: `PODIUM_HOME` (/var/lib/podium; its real path counts),
    `PODIUM_CACHE` (/var/cache/podium) and `PODIUM_RUN_ROOT` (/run/podium; the last only for
    tests, because installations that do not share it cannot see each other's id ranges)."""

    user: str
    """User of server and proxy (`PODIUM_USER`, default podium): besides root the only one
    that may call, and the owner of the sockets' folder."""

    local_repositories: tuple[str, ...]
    """Folders (`PODIUM_LOCAL_REPOSITORIES`, colon-separated) below which file:// addresses are
    accepted; none by default, because a clone reads what the repository's owner may read."""

    git_protocols: tuple[str, ...]
    """Protocols git may speak (`PODIUM_GIT_PROTOCOLS`, colon-separated, default
    https:ssh:file); http is for test hosts."""

    clone_limit: int
    """Bytes (`PODIUM_CLONE_LIMIT`, default 20G; K, M, G and T are powers of 1024) that the history
    of one repository may take; a larger clone is ended. 0 is no limit."""

    mirror_limit: int
    """Bytes (`PODIUM_MIRROR_LIMIT`, default 50G) that the mirrors of remote repositories may take
    together; beyond it those not used for longest go, as soon as nobody uses them. 0 keeps no
    mirror: every workspace then fetches its repository whole."""

    disk_limits: bool
    """Whether each new workspace gets a file system of its own, as large as its class allows
    (`PODIUM_DISK_LIMITS`, default on): it can fill only that. Where this machine cannot do so,
    and with `off`, workspaces are folders, and one of them may take all of the disk; `podium
    status` and *Settings* tell why. What a workspace has begun as it stays."""

    disk_floor: int
    """Bytes (`PODIUM_DISK_FLOOR`, default 2G, a fiftieth of a smaller file system at most) that are
    to stay free wherever this node keeps workspaces, restore points and images. With less, caches
    are given up, and no new workspace, restore or snapshot begins. 0 watches no bytes."""

    inode_floor: int
    """Likewise of inodes (`PODIUM_INODE_FLOOR`, default 20000): files that can still be made."""

    image_limit: int
    """Bytes (`PODIUM_IMAGE_LIMIT`, default 20G) that the files of one image may take, unpacked;
    a larger one is refused. Those that this installation makes itself do not count."""

    image_entries: int
    """Files, folders and links (`PODIUM_IMAGE_ENTRIES`, default 1000000) that one image may
    have, those of its layers that later ones hide included."""

    images_limit: int
    """Bytes (`PODIUM_IMAGES_LIMIT`, default 100G) that unpacked images may take together; beyond
    it those not used for longest go, but none that a workspace runs from or that was used within
    the hour. They are fetched again when somebody needs them. 0 sets no limit."""

    images_unused: int
    """Days (`PODIUM_IMAGES_UNUSED`, default 30) after which an unpacked image goes that no
    workspace has run from since. 0 sets no limit."""

    backup_store: objectstore.Place | None
    """Where restore points go (`PODIUM_BACKUP_STORE`): an S3-compatible object store as
    `s3:https://host/bucket/prefix`, http only on loopback; none by default, which is the folder
    `backups` in `PODIUM_HOME`. `PODIUM_BACKUP_STORE_REGION` (us-east-1) is its region."""

    backup_store_credentials: Path
    """File (`PODIUM_BACKUP_STORE_CREDENTIALS`, default `backup-store` in `PODIUM_HOME`) with
    `[default]`, `aws_access_key_id` and `aws_secret_access_key`, read anew for each use; let it
    be root's alone."""

    backup_store_authorities: Path | None
    """File (`PODIUM_BACKUP_STORE_CA`) with the certificates, in PEM, of the authorities that
    are trusted for the store, in place of this machine's; None for these. Read anew each time."""

    backup_store_patience: int
    """Seconds (`PODIUM_BACKUP_STORE_PATIENCE`, default 60) for which the store may say nothing;
    then what was asked of it has failed, and is tried again later."""

    backup_check: float
    """Seconds after which a share of what is stored of a workspace is read again
    (`PODIUM_BACKUP_CHECK`, default 168h; `none` is never): an eighth of it, when a restore point
    is asked for."""

    several: bool
    """Whether the server has further nodes (`PODIUM_NODES` is not empty). Where it has none, locks
    on restore points that an older version left with this machine's name are this node's own."""

    egress_allow: tuple[str, ...]
    """Networks (`PODIUM_EGRESS_ALLOW`, comma-separated IPv4 CIDRs) that workspaces may reach
    although they are private; none by default."""

    no_containers: tuple[str, ...]
    """Workspace classes (`PODIUM_NO_CONTAINERS`, comma-separated) in which nobody can run
    containers; none by default. Their /proc is masked, and /dev/net/tun is not there."""

    hosts: Hosts
    """Host grammar, from `PODIUM_BASE_URL` (http://podium.localhost:<`PODIUM_PORT`>) and
    `PODIUM_CONTENT_DOMAIN` (localhost): names that lead to the proxy inside workspaces, as long
    as the base URL is http; with https they are left to the resolvers."""

    link: tuple[tuple[str, int], Path] | None
    """Address and port at which the daemon also listens over a network (`PODIUM_DAEMON_LISTEN`,
    like 0.0.0.0:8443), and the folder of its certificates (`PODIUM_LINK_CERTS`: ca.crt, tls.crt,
    tls.key, read again when they change); both or none. Only the server's certificate may call."""

    pods: bool
    """Whether something else runs the containers (`PODIUM_CONTAINERS`, `here` or `pods`; default
    here): the daemon of a cluster's node has the files and admits pods to them. It has to see the
    processes of the whole node (`hostPID`)."""

    node: str
    """What this node calls itself (`NODE_NAME`, which a cluster sets); this machine's name by
    default. A server that reaches it over a network compares it with the name it knows."""

    log_level: str
    """Least level of log lines (`PODIUM_LOG_LEVEL`, default info)."""

    @property
    def user_ids(self) -> tuple[int, int]:
        """Uid and gid of `user`. Raises SettingError when there is no such user."""
        try:
            found = pwd.getpwnam(self.user)
        except KeyError as error:
            raise env.SettingError(f"PODIUM_USER={self.user!r} is no user of this host") from error
        return found.pw_uid, found.pw_gid

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the environment. Raises SettingError."""
        port = env.number(environ, "PODIUM_PORT", 8080, least=1, most=65535)
        base = env.text(environ, "PODIUM_BASE_URL", f"http://podium.localhost:{port}")
        try:
            hosts = Hosts.of(base, env.text(environ, "PODIUM_CONTENT_DOMAIN", "localhost"))
        except ValueError as error:
            raise env.SettingError(str(error)) from error
        home = Path(env.text(environ, "PODIUM_HOME", "/var/lib/podium")).resolve()
        return cls(
            layout=Layout(
                PurePosixPath(home),
                PurePosixPath(env.text(environ, "PODIUM_CACHE", "/var/cache/podium")),
                PurePosixPath(env.text(environ, "PODIUM_RUN_ROOT", "/run/podium")),
            ),
            user=env.text(environ, "PODIUM_USER", "podium"),
            local_repositories=env.parts(environ, "PODIUM_LOCAL_REPOSITORIES", ":"),
            git_protocols=env.parts(environ, "PODIUM_GIT_PROTOCOLS", ":")
            or ("https", "ssh", "file"),
            clone_limit=env.size(environ, "PODIUM_CLONE_LIMIT", 20 << 30),
            mirror_limit=env.size(environ, "PODIUM_MIRROR_LIMIT", 50 << 30),
            disk_limits=env.flag(environ, "PODIUM_DISK_LIMITS", default=True),
            disk_floor=env.size(environ, "PODIUM_DISK_FLOOR", 2 << 30),
            inode_floor=env.number(environ, "PODIUM_INODE_FLOOR", 20_000, most=100_000_000),
            image_limit=env.size(environ, "PODIUM_IMAGE_LIMIT", 20 << 30),
            image_entries=env.number(
                environ, "PODIUM_IMAGE_ENTRIES", 1_000_000, least=1, most=10_000_000
            ),
            images_limit=env.size(environ, "PODIUM_IMAGES_LIMIT", 100 << 30),
            images_unused=env.number(environ, "PODIUM_IMAGES_UNUSED", 30, most=36_500),
            backup_store=_store(environ),
            backup_store_credentials=Path(
                env.text(environ, "PODIUM_BACKUP_STORE_CREDENTIALS", str(home / "backup-store"))
            ),
            backup_store_authorities=_file(environ, "PODIUM_BACKUP_STORE_CA"),
            backup_store_patience=env.number(
                environ, "PODIUM_BACKUP_STORE_PATIENCE", 60, least=1, most=3600
            ),
            backup_check=_often(environ, "PODIUM_BACKUP_CHECK", "168h"),
            several=bool(env.text(environ, "PODIUM_NODES", "")),
            egress_allow=tuple(
                _network(one) for one in env.parts(environ, "PODIUM_EGRESS_ALLOW", ",")
            ),
            no_containers=tuple(
                _class(one) for one in env.parts(environ, "PODIUM_NO_CONTAINERS", ",")
            ),
            hosts=hosts,
            link=_link(environ),
            pods=_pods(environ),
            node=env.text(environ, "NODE_NAME", ""),
            log_level=env.text(environ, "PODIUM_LOG_LEVEL", "info"),
        )


def _often(environ: Mapping[str, str], name: str, default: str) -> float:
    value = env.text(environ, name, default)
    try:
        return 0.0 if value == "none" else seconds_of(value)
    except ValueError as error:
        raise env.SettingError(f"{name}: {error}") from error


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    path = env.text(environ, name, "")
    if path and not Path(path).is_absolute():
        raise env.SettingError(f"{name} must be an absolute path")
    return Path(path) if path else None


def _pods(environ: Mapping[str, str]) -> bool:
    told = env.text(environ, "PODIUM_CONTAINERS", "here")
    if told not in {"here", "pods"}:
        raise env.SettingError(f"PODIUM_CONTAINERS={told!r} must be here or pods")
    return told == "pods"


def _link(environ: Mapping[str, str]) -> tuple[tuple[str, int], Path] | None:
    address = env.listener(environ, "PODIUM_DAEMON_LISTEN")
    folder = _file(environ, "PODIUM_LINK_CERTS")
    if address is None:
        return None
    if folder is None:
        raise env.SettingError("PODIUM_DAEMON_LISTEN needs certificates: set PODIUM_LINK_CERTS")
    return address, folder


def _store(environ: Mapping[str, str]) -> objectstore.Place | None:
    address = env.text(environ, "PODIUM_BACKUP_STORE", "")
    if not address:
        return None
    region = env.text(environ, "PODIUM_BACKUP_STORE_REGION", "us-east-1")
    try:
        return objectstore.place_of(address, region)
    except ValueError as error:  # without the address: somebody may have put a password in it
        raise env.SettingError(f"PODIUM_BACKUP_STORE {error}") from error


def _class(text: str) -> str:
    if text not in NAMES:
        known = ", ".join(sorted(NAMES))
        raise env.SettingError(f"PODIUM_NO_CONTAINERS: {text!r} is none of {known}")
    return text


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise env.SettingError(f"PODIUM_EGRESS_ALLOW: {text!r} is no IPv4 network") from error
