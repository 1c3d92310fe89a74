"""Where an installation keeps its files, and the tag in its host-wide names.

Three places: the data folder (`PODIUM_HOME`, everything worth a backup), the
run folder (`/run/podium/<tag>`, sockets and state that a reboot may take) and
the cache (`PODIUM_CACHE`, artefacts that can be built again, named by content
hash and shared by every installation on the host).
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath

TAG_LENGTH = 6
_UNPACKED = "sha256:"


def tag_of(real_home: str) -> str:
    """Return the 6-character tag of an installation from the real path of its home."""
    return sha256(real_home.encode()).hexdigest()[:TAG_LENGTH]


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path that two processes must agree on.

    `home` must be the real path (no symbolic links), because the tag is its hash.
    """

    home: PurePosixPath
    cache: PurePosixPath
    run_root: PurePosixPath = PurePosixPath("/run/podium")

    @property
    def tag(self) -> str:
        """Six characters that mark every host-wide name of this installation."""
        return tag_of(str(self.home))

    @property
    def run(self) -> PurePosixPath:
        """Run folder, root's, mode 0755."""
        return self.run_root / self.tag

    @property
    def ranges(self) -> PurePosixPath:
        """Id ranges and subnets reserved on this host, shared by all installations."""
        return self.run_root / "ranges"

    # --- server (user podium) ---

    @property
    def server_home(self) -> PurePosixPath:
        """Database and its backups, `podium`'s, mode 0700."""
        return self.home / "server"

    @property
    def database(self) -> PurePosixPath:
        """SQLite file of the one-machine shape."""
        return self.server_home / "podium.db"

    @property
    def master_key(self) -> PurePosixPath:
        """32 random bytes, `podium`'s, mode 0600; with the backups it recovers everything."""
        return self.home / "master.key"

    @property
    def cli_token(self) -> PurePosixPath:
        """API token of the owner for the command line on this machine, root's, mode 0600."""
        return self.home / "cli.token"

    @property
    def build_logs(self) -> PurePosixPath:
        """Logs of image builds, `podium`'s, mode 0700."""
        return self.server_home / "image-builds"

    @property
    def server_run(self) -> PurePosixPath:
        """Folder of the server's sockets, `podium`'s, mode 0700."""
        return self.run / "server"

    @property
    def public_socket(self) -> PurePosixPath:
        """Dashboard, public API and sign-in: what the proxy forwards to."""
        return self.server_run / "public.sock"

    @property
    def internal_socket(self) -> PurePosixPath:
        """Route feed, grant redemption and login links: proxy, launcher and CLI only."""
        return self.server_run / "internal.sock"

    @property
    def agent_run(self) -> PurePosixPath:
        """Folder bound read-only into every workspace at /run/podium/server, mode 0755."""
        return self.run / "agent"

    @property
    def agent_socket(self) -> PurePosixPath:
        """Listener that serves /agent/* and nothing else, mode 0666."""
        return self.agent_run / "server.sock"

    # --- proxy (user podium) ---

    @property
    def entry_socket(self) -> PurePosixPath:
        """Where the proxy takes connections of workspaces, beside the agent listener."""
        return self.agent_run / "entry.sock"

    @property
    def proxy_home(self) -> PurePosixPath:
        """Last route snapshot, `podium`'s, mode 0700."""
        return self.home / "proxy"

    @property
    def proxy_run(self) -> PurePosixPath:
        """Folder of the proxy's admin sockets, `podium`'s, mode 0700."""
        return self.run / "proxy"

    @property
    def admin_socket(self) -> PurePosixPath:
        """Health, metrics and state of the proxy, all workers as one."""
        return self.proxy_run / "admin.sock"

    # --- SSH gateway (user podium) ---

    @property
    def ssh_home(self) -> PurePosixPath:
        """Host keys of the SSH gateway, `podium`'s, mode 0700."""
        return self.home / "ssh"

    @property
    def ssh_run(self) -> PurePosixPath:
        """Folder of the gateway's socket, `podium`'s, mode 0700."""
        return self.run / "ssh"

    @property
    def ssh_socket(self) -> PurePosixPath:
        """Tunnels over WebSocket and the host keys: what the proxy forwards to."""
        return self.ssh_run / "ssh.sock"

    # --- blobserve (user podium) ---

    @property
    def blobserve_home(self) -> PurePosixPath:
        """Variants that were compressed better, `podium`'s, mode 0700; may be removed."""
        return self.home / "blobserve"

    @property
    def blobserve_run(self) -> PurePosixPath:
        """Folder of blobserve's socket, `podium`'s, mode 0700."""
        return self.run / "blobserve"

    @property
    def blobserve_socket(self) -> PurePosixPath:
        """Static files out of images: what the proxy forwards the assets' host to."""
        return self.blobserve_run / "blobserve.sock"

    @property
    def registry_socket(self) -> PurePosixPath:
        """The registry facade for this installation's own processes, daemon and server."""
        return self.blobserve_run / "registry.sock"

    @property
    def registry_entry(self) -> PurePosixPath:
        """The registry facade for whoever is in a workspace and has a token, mode 0666."""
        return self.agent_run / "registry.sock"

    @property
    def registry_run(self) -> PurePosixPath:
        """What the server tells the registry facade (`wire.registry`), `podium`'s, mode 0700."""
        return self.run / "registry"

    @property
    def image_store(self) -> PurePosixPath:
        """OCI layout of images that were pushed or pulled here, `podium`'s, mode 0700."""
        return self.home / "images"

    # --- daemon (root) ---

    @property
    def daemon_run(self) -> PurePosixPath:
        """Folder of the daemon's sockets, `podium`'s, mode 0700."""
        return self.run / "daemon"

    @property
    def daemon_socket(self) -> PurePosixPath:
        """gRPC of the workspace daemon."""
        return self.daemon_run / "daemon.sock"

    @property
    def dial_socket(self) -> PurePosixPath:
        """Hands connected sockets of workspace ports to the proxy (SCM_RIGHTS)."""
        return self.daemon_run / "dial.sock"

    @property
    def limits(self) -> PurePosixPath:
        """What workspaces are limited in here, in JSON: kind → `enforced`, or the reason."""
        return self.daemon_run / "limits.json"

    @property
    def node_room(self) -> PurePosixPath:
        """How much room the node's disks have, and what was given up: `wire.noderoom`."""
        return self.daemon_run / "room.json"

    @property
    def instances_run(self) -> PurePosixPath:
        """OCI bundles and state files of live instances, root's, mode 0700."""
        return self.run / "instances"

    @property
    def content(self) -> PurePosixPath:
        """Trees and homes of workspaces, in container ids, root's, mode 0700."""
        return self.home / "content"

    @property
    def disks(self) -> PurePosixPath:
        """File systems of workspaces that have one of their own, root's, mode 0700 (ADR 39)."""
        return self.home / "disks"

    @property
    def backups(self) -> PurePosixPath:
        """One restic repository per workspace, root's, mode 0700; their keys are elsewhere."""
        return self.home / "backups"

    @property
    def installation(self) -> PurePosixPath:
        """Who this installation is towards an object store (`kit.objectowner`), root's, 0600.

        Every node of one has the same.
        """
        return self.home / "installation"

    @property
    def platform_backups(self) -> PurePosixPath:
        """Backups of the platform itself, unless they are kept elsewhere, root's, mode 0700."""
        return self.backups / "platform"

    @property
    def platform_backup(self) -> PurePosixPath:
        """What is written down of them (`wire.platformbackup`), root's, readable by everybody."""
        return self.home / "platform-backup.json"

    @property
    def mirrors(self) -> PurePosixPath:
        """One bare mirror per remote repository, root's, mode 0700; may be deleted at any time."""
        return self.home / "mirrors"

    @property
    def roots(self) -> PurePosixPath:
        """One root filesystem per image that was unpacked here, root's, mode 0700.

        Those that nothing uses may be deleted at any time.
        """
        return self.home / "roots"

    @property
    def instances_home(self) -> PurePosixPath:
        """Writable layers of live instances, discarded when they stop, root's, mode 0700."""
        return self.home / "instances"

    @property
    def logs(self) -> PurePosixPath:
        """One log file per platform process, root's, mode 0750."""
        return self.home / "logs"

    # --- artefacts (cache, built by set-up, read-only afterwards) ---

    @property
    def artefacts(self) -> PurePosixPath:
        """JSON pointer to this installation's `supervisor`, `vscode`, `assets` and `image`."""
        return self.home / "artefacts.json"

    def supervisor_bundle(self, digest: str) -> PurePosixPath:
        """Folder mounted read-only at /.supervisor."""
        return self.cache / "supervisor" / digest

    def ide_tree(self, digest: str) -> PurePosixPath:
        """Folder mounted read-only at /ide."""
        return self.cache / "ide" / digest

    def image_root(self, digest: str) -> PurePosixPath:
        """Root filesystem of an image, owned by host root, mounted idmapped.

        `sha256:…` is one that the daemon has unpacked, any other digest one of set-up's.
        """
        if digest.startswith(_UNPACKED):
            return self.roots / digest.removeprefix(_UNPACKED) / "rootfs"
        return self.cache / "images" / digest / "rootfs"

    @property
    def assets(self) -> PurePosixPath:
        """OCI image layouts of static files, one folder per build, named by its digest."""
        return self.cache / "assets"
