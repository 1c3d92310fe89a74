"""Starts a real daemon with folders of its own, for tests that need real containers.

    host = start_daemon(tmp_path)          # blocks until both sockets answer
    host.layout, host.grpc_target, host.repositories, host.file_url("demo")
    host.kill(); host.start()              # kill -9 and a new daemon over the same folders
    host.stop()                            # ends every container and removes every trace

Needs root. The image comes from the cache when set-up has built one, else a small
Debian is made once with mmdebstrap; bundle and IDE are little stand-ins whose pid 1
(`BOOT`) obeys the real command line and ends on SIGTERM.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from tests import disks
from tests.controlgroups import end_groups
from tests.waiting import accepts, until
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[1]
IMAGE = "test-image"
BUNDLE = "test-bundle"
IDE = "test-ide"
WORKSPACE = "amber-otter-4k2hw9xz1q"
_IMAGE_CACHE = Path("/var/cache/podium-tests/rootfs")
_NEEDED = ("home/gitpod", "usr/bin/python3", "usr/bin/sudo", "usr/bin/curl")
_PACKAGES = "ca-certificates,git,python3,sudo,procps,iproute2,curl"

BOOT = """
import os, signal, subprocess, sys
def end(*_args):
    print("bye", flush=True)
    os._exit(7)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGCHLD, lambda *_args: None)
token = open("/run/podium/token").read()
serve = [sys.executable, "-m", "http.server", "-d", "/workspace", "-b"]
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
for port, host in (("3000", "127.0.0.1"), ("3001", "::1")):
    subprocess.Popen([*serve, host, port], **quiet)
print("booted uid", os.getuid(), "token", len(token), flush=True)
while True:
    signal.pause()
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
"""

IMAGE_BUILD = """
import os, sys
print("built from", sorted(os.listdir("/base"))[:1], flush=True)
sys.exit(0 if os.path.exists("/base/usr/bin/sudo") else 3)
"""


@dataclass
class NodeHost:
    """One daemon process and everything it works on."""

    folder: Path
    run_root: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        self.layout = Layout(
            PurePosixPath(self.folder / "home"),
            PurePosixPath(self.folder / "cache"),
            PurePosixPath(self.run_root),
        )

    @property
    def repositories(self) -> Path:
        return self.folder / "repositories"

    @property
    def grpc_target(self) -> str:
        return f"unix:{self.layout.daemon_socket}"

    @property
    def dial_socket(self) -> str:
        return str(self.layout.dial_socket)

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text()

    def file_url(self, name: str) -> str:
        return f"file://{self.repositories / name}"

    def start(self) -> None:
        """Start a daemon and wait until it serves."""
        for path in (self.layout.daemon_socket, self.layout.dial_socket):
            Path(path).unlink(missing_ok=True)
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "daemon"],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        sockets = (self.layout.daemon_socket, self.layout.dial_socket)
        serves = False

        def known() -> bool:
            nonlocal serves
            serves = all(accepts(str(one)) for one in sockets)
            return serves or self.process.poll() is not None

        with suppress(AssertionError):
            until(known)
        if not serves:
            raise RuntimeError(f"the daemon does not serve:\n{self.log}")

    def kill(self) -> None:
        """kill -9: nothing is told to anybody."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> int:
        """End the daemon in order; containers live on. Returns its exit code."""
        return self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """End the daemon and everything it has started or made on this host."""
        self._signal(signal.SIGTERM)
        sweep_host(self)
        shutil.rmtree(self.run_root, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        disks.none_left(Path(self.layout.disks))

    def _signal(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(20)
        self.process = None
        return code


def start_daemon(tmp_path: Path, **environment: str) -> NodeHost:
    """Make an installation below `tmp_path`, start its daemon, and return it."""
    host = make_host(tmp_path, **environment)
    host.start()
    return host


def make_host(tmp_path: Path, **environment: str) -> NodeHost:
    """Make an installation below `tmp_path` without starting anything."""
    folder = tmp_path.resolve() / "node"
    run_root = Path(tempfile.mkdtemp(prefix="pd", dir="/run"))
    run_root.chmod(0o755)
    host = NodeHost(
        folder,
        run_root,
        {
            "PATH": os.environ["PATH"],
            "PODIUM_HOME": str(folder / "home"),
            "PODIUM_CACHE": str(folder / "cache"),
            "PODIUM_RUN_ROOT": str(run_root),
            "PODIUM_USER": "root",
            "PODIUM_LOCAL_REPOSITORIES": str(folder / "repositories"),
            "PODIUM_GIT_PROTOCOLS": "https:ssh:file:http",
            "PODIUM_DISK_LIMITS": "on",
            "PODIUM_LOG_LEVEL": "debug",
            **environment,
        },
    )
    layout = host.layout
    for path in (layout.home, layout.logs, layout.content, layout.instances_home):
        Path(path).mkdir(parents=True, mode=0o700)
    for path in (layout.agent_run, layout.cache, host.repositories):
        Path(path).mkdir(parents=True)
    for path in (layout.instances_run, layout.daemon_run):
        Path(path).mkdir(mode=0o700)
    _make_artefacts(layout)
    return host


def make_repository(
    host: NodeHost, name: str = "demo", files: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Make a repository with branch `feature`, tag `v1` and an executable; return its head."""
    path = host.repositories / name
    git = ["git", "-C", str(path), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    for file in files:
        (path / file).parent.mkdir(parents=True, exist_ok=True)
    (path / "README.md").write_text(f"# {name}\n")
    (path / "run.sh").write_text("#!/bin/sh\necho run\n")
    (path / "run.sh").chmod(0o755)
    for file, text in files.items():
        (path / file).write_text(text)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    subprocess.run([*git, "branch", "feature"], check=True)
    subprocess.run([*git, "tag", "v1"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return head.stdout.strip()


def _make_artefacts(layout: Layout) -> None:
    image = Path(layout.image_root(IMAGE))
    image.parent.mkdir(parents=True)
    image.symlink_to(find_image())
    bundle = Path(layout.supervisor_bundle(BUNDLE))
    (bundle / "bin").mkdir(parents=True)
    (bundle / "site").mkdir()
    start = bundle / "bin" / "python3"
    start.write_text('#!/bin/sh\nexec /usr/bin/python3 "$@"\n')
    start.chmod(0o755)
    (bundle / "site" / "boot.py").write_text(BOOT)
    (bundle / "site" / "imagebuild.py").write_text(IMAGE_BUILD)
    Path(layout.ide_tree(IDE)).mkdir(parents=True)


def find_image() -> Path:
    """Return a root filesystem with what the tests call and user gitpod, made once."""
    for root in sorted(Path("/var/cache/podium/images").glob("*/rootfs")):
        if all((root / name).exists() for name in _NEEDED):
            return root
    if (_IMAGE_CACHE / "etc" / "podium-ready").exists():
        return _IMAGE_CACHE
    _IMAGE_CACHE.parent.mkdir(parents=True, exist_ok=True)
    with (_IMAGE_CACHE.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (_IMAGE_CACHE / "etc" / "podium-ready").exists():
            _make_image(_IMAGE_CACHE)
    return _IMAGE_CACHE


def _make_image(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--aptopt=APT::Install-Recommends false"]
        + [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "doc", "locale")]
        + [f"--include={_PACKAGES}", "bookworm", str(root)],
        check=True,
        env={**os.environ, "TMPDIR": str(root.parent)},
    )
    run = ["chroot", str(root)]
    subprocess.run([*run, "groupadd", "-g", "33333", "gitpod"], check=True)
    subprocess.run(
        [*run, "useradd", "-u", "33333", "-g", "33333", "-m", "-s", "/bin/bash", "gitpod"],
        check=True,
    )
    (root / "etc" / "sudoers.d" / "gitpod").write_text("gitpod ALL=(ALL) NOPASSWD: ALL\n")
    (root / "etc" / "podium-ready").touch()


def sweep_host(host: NodeHost) -> None:
    """Remove what containers of this installation have on the host, without the daemon."""
    tag = host.layout.tag
    end_groups([*Path("/sys/fs/cgroup").glob(f"*/podium_{tag}")])
    end_groups([*Path("/sys/fs/cgroup").glob(f"podium_{tag}")])
    for kind in ("netns", "userns"):
        for path in Path(host.layout.run, kind).glob("*"):
            subprocess.run(["umount", "-l", str(path)], check=False, capture_output=True)
    for disk in Path(host.layout.content).glob("*"):
        if disk.is_mount():
            subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)
    for link in Path("/sys/class/net").glob(f"pd{tag}*"):
        subprocess.run(["ip", "link", "delete", link.name], check=False)
    table = ["nft", "delete", "table", "inet", f"podium_{tag}"]
    subprocess.run(table, check=False, capture_output=True)
