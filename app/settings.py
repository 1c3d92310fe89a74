"""What the server is told at its start; read once in `__main__`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from app.settingvalues import database_of, network_of, nodes_of, redis_of
from kit import env
from kit.databaseurl import server_url, sqlite_url
from kit.durations import seconds_of
from wire import gallery
from wire.agent import JOB_LIMIT, MOST_TIMEOUT, NO_TIMEOUT
from wire.gallery import OPEN_VSX
from wire.hosts import Hosts
from wire.layout import Layout

_KEEP = {"last": 10, "hourly": 24, "daily": 7, "weekly": 4}
_LONGEST_SHARE = "8784h"
"""A year: what is meant to last is a public port, or an account."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the server process."""

    home: PurePosixPath
    """PODIUM_HOME: data folder, a real path; default /var/lib/podium."""
    cache: PurePosixPath
    """PODIUM_CACHE: artefacts shared by the installations of a host; default /var/cache/podium."""
    base_url: str
    """PODIUM_BASE_URL: origin of the dashboard; default http://podium.localhost:<port>."""
    content_domain: str
    """PODIUM_CONTENT_DOMAIN: domain below which user content lives; default localhost."""
    database: str = field(default="", repr=False)
    """PODIUM_DATABASE: URL of a PostgreSQL database, postgresql://user:password@host/name, for the
    servers of a cluster, which share it; default none: a file in the data folder. `make up` does
    not pass it on: the backups of one machine take the file."""
    redis: str = field(default="", repr=False)
    """PODIUM_REDIS: URL of the Redis over which the servers of a cluster tell each other what has
    changed, redis://user:password@host or rediss://…; default none: with PODIUM_DATABASE each then
    looks every ten seconds what others have changed. Nothing is kept there."""
    listen_public: tuple[str, int] | None = None
    """PODIUM_LISTEN_PUBLIC: address and port, e.g. 0.0.0.0:8000, where proxies reach the public
    listener over a network beside its socket; with TLS, and only for who has the name `proxy`;
    default none."""
    listen_internal: tuple[str, int] | None = None
    """PODIUM_LISTEN_INTERNAL: the same for the internal listener, for `proxy` and `blobserve`,
    which get there what they need and no more; default none."""
    listen_agent: tuple[str, int] | None = None
    """PODIUM_LISTEN_AGENT: the same for supervisors, who show no certificate but their token;
    default none."""
    link_certs: PurePosixPath | None = None
    """PODIUM_LINK_CERTS: folder with ca.crt, tls.crt and tls.key, by which this process and those
    it speaks with over a network know each other; needed by the three above, and for nodes
    over a network; default none."""
    local_repositories: tuple[str, ...] = ()
    """PODIUM_LOCAL_REPOSITORIES: colon-separated folders that file:// may name; default none."""
    git_protocols: frozenset[str] = frozenset({"https", "ssh", "file"})
    """PODIUM_GIT_PROTOCOLS: colon-separated URL schemes; http only for loopback test hosts."""
    timeout: str = "30m"
    """PODIUM_TIMEOUT: after which time without activity a workspace stops, unless it or its
    owner has another; 30m, 2h or 1h30m, at most 24h, or none. Gitpod's default."""
    job_limit: str = JOB_LIMIT
    """PODIUM_JOB_LIMIT: how long a command that waits in front of a terminal keeps its workspace
    awake since it began or was typed to, or none for no end; default 4h, since a download and an
    endless command look alike. Commands that use the processor count for as long as they do."""
    max_lifetime: str = "none"
    """PODIUM_MAX_LIFETIME: longest time a start may run, used or not, e.g. 36h; default none,
    since nobody's long run should end for being long."""
    max_starting: int = 4
    """PODIUM_MAX_STARTING: workspaces that a node creates at once, others wait in a queue;
    default 4, since more clones and containers at a time only make each other slow."""
    nodes: Mapping[str, str] = field(default_factory=dict)
    """PODIUM_NODES: further nodes beside the local one, as name=socket of its daemon, or
    name=grpcs://host:port with PODIUM_LINK_CERTS, comma-separated; default none. All need the same
    store of restore points: see docs/nodes.md."""
    node_lease: str = "10m"
    """PODIUM_NODE_LEASE: how long such a node may go on without hearing of the server; then it
    ends its containers by itself, and what it had may start elsewhere. Default 10m, at least 1s:
    a server that is away for longer costs running workspaces, and a shorter wait costs nothing
    but that. The local node needs none."""
    max_builds: int = 1
    """PODIUM_MAX_BUILDS: images that are built at once, others wait in a queue; default 1, since
    two builds on one machine mostly make each other slow."""
    keep_builds: str = "720h"
    """PODIUM_KEEP_BUILDS: how long the log of an image's build is kept, and a build that left no
    image; default 30 days, within which somebody has read why it failed."""
    archive: str = "720h"
    """PODIUM_ARCHIVE: after which time without use a stopped workspace is archived that is not
    pinned, has nothing in git that is not pushed, and is backed up with all it has: its files
    are then in its restore point alone, and come back when somebody opens it; at least 24h;
    default 30 days, after which the wait for a restore surprises nobody; none: only by hand."""
    clean_up: str = "none"
    """PODIUM_CLEAN_UP: after which time without use a stopped workspace is deleted that is not
    pinned and has nothing in git that is not pushed, e.g. 336h, Gitpod's 14 days; at least 24h;
    default none, since a home directory is nowhere else either. Announced three days before."""
    backup_every: str = "5m"
    """PODIUM_BACKUP_EVERY: how long after its last restore point a workspace that runs gets the
    next, when something has changed; default 5m, the most work that a lost disk or a wrong
    command may take; none: no restore points are made at all, and what is deleted is gone at
    once."""
    backup_check: str = "168h"
    """PODIUM_BACKUP_CHECK: after which time the restore points of a workspace that is stopped are
    looked at again; the node then reads a share of them back; default a week, at least 1h; none:
    they are looked at only when one is made."""
    keep_points: Mapping[str, int] = field(default_factory=lambda: dict(_KEEP))
    """PODIUM_KEEP_POINTS: how many restore points of a workspace are kept beside pinned ones;
    default last=10,hourly=24,daily=7,weekly=4: the newest, and of so many hours, days and weeks
    the newest one of each."""
    keep_deleted: str = "168h"
    """PODIUM_KEEP_DELETED: how long a deleted workspace can be restored; default 7 days; 0s:
    what is deleted is gone at once."""
    max_snapshots: int = 100
    """PODIUM_MAX_SNAPSHOTS: how many snapshots a person may have at a time, beside 20 of each
    workspace; default 100, since each may take as much of the node as its workspace does."""
    keep_orphans: str = "168h"
    """PODIUM_KEEP_ORPHANS: how much longer than it can be restored what a deleted workspace has
    left on a node stays there before it is removed by itself; default 7 days; none: until somebody
    removes it. What no row of the database knows of is only told, and stays."""
    share_links: str = "on"
    """PODIUM_SHARE_LINKS: which links may let people without an account use a port: on, password
    (only links with one) or off; default on."""
    longest_share: str = "720h"
    """PODIUM_LONGEST_SHARE: longest time that such a link may work; default 30 days, since what
    is forgotten should close by itself."""
    log_level: str = "info"
    """PODIUM_LOG_LEVEL: debug, info, warning or error."""
    runtime: str = "node"
    """PODIUM_RUNTIME: node (the workspace daemon) or fake (in memory, for development)."""
    run_root: PurePosixPath = PurePosixPath("/run/podium")
    """PODIUM_RUN_ROOT: parent of the run folders; another one only in tests."""
    ssh_port: int = 2222
    """PODIUM_SSH_PORT: TCP port of the SSH gateway, told to people; 0 when there is none."""
    ides: str = ""
    """PODIUM_IDES: path of a TOML file that changes the catalogue of editors, see docs/ides.md;
    default none. What is wrong in it is told with its line, and nothing starts."""
    gallery: str = OPEN_VSX
    """PODIUM_GALLERY: where VS Code's extensions come from, the address of a gallery's service;
    default Open VSX's; none where there is no internet: extensions then come from .vsix files."""
    development_port: int = 0
    """PODIUM_DEV_PORT: also serve the public listener on this loopback port; 0 is off."""

    @property
    def layout(self) -> Layout:
        """Every path of this installation."""
        return Layout(self.home, self.cache, self.run_root)

    @property
    def database_url(self) -> str:
        """Of the database, with the driver that is used."""
        return server_url(self.database) or sqlite_url(str(self.layout.database))

    @property
    def shared_name(self) -> str:
        """What the servers of this installation call what they share."""
        return f"podium:{sha256(self.base_url.encode()).hexdigest()[:16]}"

    @property
    def hosts(self) -> Hosts:
        """The host grammar of this installation."""
        return Hosts.of(self.base_url, self.content_domain)


def from_environ(environ: Mapping[str, str]) -> Settings:
    """Build the settings; raises `SettingError` that names the variable."""
    port = env.number(environ, "PODIUM_PORT", 8080, least=1, most=65535)
    base_url = env.text(environ, "PODIUM_BASE_URL", f"http://podium.localhost:{port}")
    content = env.text(environ, "PODIUM_CONTENT_DOMAIN", "localhost")
    try:
        Hosts.of(base_url, content)
    except ValueError as error:
        raise env.SettingError(f"PODIUM_BASE_URL={base_url!r}: {error}") from error
    runtime = env.text(environ, "PODIUM_RUNTIME", "node")
    if runtime not in {"node", "fake"}:
        raise env.SettingError(f"PODIUM_RUNTIME={runtime!r} must be node or fake")
    protocols = env.parts(environ, "PODIUM_GIT_PROTOCOLS", ":") or ("https", "ssh", "file")
    unknown = set(protocols) - {"https", "ssh", "file", "http"}
    if unknown:
        raise env.SettingError(f"PODIUM_GIT_PROTOCOLS: {', '.join(sorted(unknown))} is not known")
    links = env.text(environ, "PODIUM_SHARE_LINKS", "on").lower()
    if links not in {"on", "password", "off"}:
        raise env.SettingError(f"PODIUM_SHARE_LINKS={links!r} must be on, password or off")
    return Settings(
        home=PurePosixPath(Path(env.text(environ, "PODIUM_HOME", "/var/lib/podium")).resolve()),
        cache=PurePosixPath(env.text(environ, "PODIUM_CACHE", "/var/cache/podium")),
        base_url=base_url,
        content_domain=content,
        database=database_of(env.text(environ, "PODIUM_DATABASE", "")),
        redis=redis_of(env.text(environ, "PODIUM_REDIS", "")),
        **network_of(environ),
        local_repositories=env.parts(environ, "PODIUM_LOCAL_REPOSITORIES", ":"),
        git_protocols=frozenset(protocols),
        timeout=_timeout(environ, "PODIUM_TIMEOUT", "30m", most=MOST_TIMEOUT),
        job_limit=_timeout(environ, "PODIUM_JOB_LIMIT", JOB_LIMIT),
        max_lifetime=_timeout(environ, "PODIUM_MAX_LIFETIME", NO_TIMEOUT),
        max_starting=env.number(environ, "PODIUM_MAX_STARTING", 4, least=1),
        nodes=nodes_of(environ, "PODIUM_NODES"),
        node_lease=_span(environ, "PODIUM_NODE_LEASE", "10m", 1, "24h"),
        max_builds=env.number(environ, "PODIUM_MAX_BUILDS", 1, least=1),
        keep_builds=_span(environ, "PODIUM_KEEP_BUILDS", "720h", 60, ""),
        archive=_long(environ, "PODIUM_ARCHIVE", "720h", "24h"),
        clean_up=_long(environ, "PODIUM_CLEAN_UP", NO_TIMEOUT, "24h"),
        backup_every=_long(environ, "PODIUM_BACKUP_EVERY", "5m", "10s"),
        backup_check=_long(environ, "PODIUM_BACKUP_CHECK", "168h", "1h"),
        keep_points=_keep(environ, "PODIUM_KEEP_POINTS"),
        keep_deleted=_span(environ, "PODIUM_KEEP_DELETED", "168h", 0, ""),
        max_snapshots=env.number(environ, "PODIUM_MAX_SNAPSHOTS", 100, most=100_000),
        keep_orphans=_long(environ, "PODIUM_KEEP_ORPHANS", "168h", "1h"),
        share_links=links,
        longest_share=_span(environ, "PODIUM_LONGEST_SHARE", "720h", 60, most=_LONGEST_SHARE),
        log_level=env.text(environ, "PODIUM_LOG_LEVEL", "info"),
        runtime=runtime,
        run_root=PurePosixPath(env.text(environ, "PODIUM_RUN_ROOT", "/run/podium")),
        ssh_port=env.number(environ, "PODIUM_SSH_PORT", 2222, most=65535),
        ides=env.text(environ, "PODIUM_IDES", ""),
        gallery=_gallery(environ),
        development_port=env.number(environ, "PODIUM_DEV_PORT", 0, most=65535),
    )


def _long(environ: Mapping[str, str], name: str, default: str, least: str) -> str:
    """Return a duration as it was written, or `none`; a short one would be a mistake."""
    value = env.text(environ, name, default).lower()
    if value != NO_TIMEOUT and _seconds(value) < seconds_of(least):
        raise env.SettingError(f"{name}={value!r} must be a duration of at least {least}, or none")
    return value


def _seconds(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError:
        return 0.0


def _gallery(environ: Mapping[str, str]) -> str:
    text = env.text(environ, "PODIUM_GALLERY", OPEN_VSX)
    try:
        return gallery.checked(text)
    except ValueError as error:
        raise env.SettingError(f"PODIUM_GALLERY={text!r}: {error}") from error


def _timeout(environ: Mapping[str, str], name: str, default: str, most: str = "") -> str:
    """Return a duration as it was written, or `none`."""
    value = env.text(environ, name, default).lower()
    return value if value == NO_TIMEOUT else _span(environ, name, default, 1, most, ", or none")


def _span(
    environ: Mapping[str, str], name: str, default: str, least: int, most: str, other: str = ""
) -> str:
    """Return a duration as it was written, within its bounds (`least` in seconds)."""
    value = env.text(environ, name, default).lower()
    try:
        seconds = seconds_of(value)
    except ValueError as error:
        raise env.SettingError(f"{name}: {error}; write for example 30m{other}") from error
    if not least <= seconds <= (seconds_of(most) if most else seconds):
        raise env.SettingError(f"{name}={value!r} must be from {least}s to {most or 'any'}{other}")
    return value


def _keep(environ: Mapping[str, str], name: str) -> Mapping[str, int]:
    """Return how many are kept of each kind; what is not named is not kept for its own sake."""
    text = env.text(environ, name, "")
    if not text:
        return dict(_KEEP)
    found = dict.fromkeys(_KEEP, 0)
    for part in text.replace(" ", "").split(","):
        kind, _, number = part.partition("=")
        if kind not in found or not (number.isascii() and number.isdigit() and len(number) <= 4):
            raise env.SettingError(f"{name}={text!r}: write for example last=10,hourly=24,daily=7")
        found[kind] = int(number)
    return found
