"""An installation of Podium that a test starts: own data folder, own port, the real commands."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from tests import disks
from tests.ports import free_port
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = os.environ.get("PODIUM_CACHE", "/var/cache/podium")


@dataclass
class Installation:
    """Runs `make up`, `podium …` and `make down` with one environment."""

    folder: Path
    port: int = field(default_factory=free_port)
    ssh_port: int = field(default_factory=free_port)
    backup_every: str = os.environ.get("PODIUM_BACKUP_EVERY", "none")
    """Restore points cost processor time for each of many workspaces: who tests them asks."""
    disk_limits: str = os.environ.get("PODIUM_DISK_LIMITS", "on")

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def repositories(self) -> Path:
        return self.folder / "repositories"

    @property
    def layout(self) -> Layout:
        return Layout(PurePosixPath(self.home.resolve()), PurePosixPath(CACHE))

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PODIUM_HOME": str(self.home),
            "PODIUM_PORT": str(self.port),
            "PODIUM_SSH_PORT": str(self.ssh_port),
            "PODIUM_CACHE": CACHE,
            "PODIUM_LOCAL_REPOSITORIES": str(self.repositories),
            # git hosts of tests speak plain http
            "PODIUM_GIT_PROTOCOLS": "https:ssh:file:http",
            # registries of tests are on this machine, and speak plain http too
            "PODIUM_REGISTRY_NETWORKS": "127.0.0.0/8",
            # tests have no internet
            "PODIUM_GALLERY": "none",
            "PODIUM_BACKUP_EVERY": self.backup_every,
            "PODIUM_DISK_LIMITS": self.disk_limits,
            # minutes of work that every installation on this machine would share
            "PODIUM_FULL_IMAGE": "no",
            "PODIUM_JUPYTERLAB": "no",
        }
        return {**os.environ, **own}

    @property
    def dashboard(self) -> str:
        return f"http://podium.localhost:{self.port}"

    def ide(self, workspace: str) -> str:
        return f"http://{workspace}.ws.localhost:{self.port}"

    def port_url(self, workspace: str, port: int) -> str:
        return f"http://{port}-{workspace}.ws.localhost:{self.port}"

    def make(self, target: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def podium(
        self, *words: str, timeout: float = 120, text: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run the command line; `text` is typed into it."""
        return subprocess.run(
            [str(self.home / "bin" / "podium"), *words],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def podium_json(self, *words: str, timeout: float = 120) -> dict:
        done = self.podium(*words, "--json", timeout=timeout)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    def login_link(self) -> str:
        done = self.podium("login-link")
        assert done.returncode == 0, done.stderr
        return next(word for word in done.stdout.split() if word.startswith("http"))

    def content(self, workspace: str) -> Path:
        """The workspace's tree and home on the node, while it runs."""
        return Path(self.layout.content) / workspace

    def files(self, workspace: str) -> AbstractContextManager[Path]:
        """Show tree and home of a workspace that may be stopped."""
        return disks.shown(self.layout, workspace)

    def holds(self, workspace: str) -> bool:
        """Tell whether anything of the workspace's content is on the node."""
        places = (self.layout.content, self.layout.disks)
        return any((Path(one) / workspace).exists() for one in places)

    def instance_pid(self, instance: str) -> int:
        """Pid of the instance's first process, from the daemon's state file."""
        state = Path(self.layout.instances_run) / instance / "state.json"
        return int(json.loads(state.read_text())["pid"])

    def platform_processes(self) -> dict[str, dict]:
        """Name → {pid, uid} of every platform process."""
        return json.loads(self.podium("status", "--json").stdout)["processes"]

    def remove(self) -> None:
        if self.podium("workspace", "list").returncode != 0:
            self.make("up")  # a failed test may have left it in pieces
        for one in self.podium_json("workspace", "list").get("workspaces", []):
            self.podium("workspace", "delete", one["id"], "--yes", "--wait")
        self.make("down")
        for disk in Path(self.layout.content).glob("*"):  # of a daemon that was killed
            if disk.is_mount():
                subprocess.run(["umount", "-l", str(disk)], check=False)
        for folder in (self.layout.run, self.folder):
            shutil.rmtree(folder, ignore_errors=True)
        disks.none_left(Path(self.layout.disks))


def fresh_installation() -> Installation:
    """Make the folders of a new installation; nothing is started."""
    folder = Path(tempfile.mkdtemp(prefix="podium-e2e-"))
    folder.chmod(0o755)
    installation = Installation(folder)
    installation.repositories.mkdir(mode=0o755)
    return installation


def make_repository(
    folder: Path, name: str, files: Mapping[str, str | bytes] = MappingProxyType({})
) -> str:
    """Make a small repository with two branches and return its file:// URL."""
    path = folder / name
    path.mkdir()
    git = ["git", "-C", str(path), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    (path / "README.md").write_text(f"# {name}\n\nA repository to open.\n")
    (path / "server.py").write_text(SERVER)
    (path / "run.sh").write_text("#!/bin/sh\necho run\n")
    (path / "run.sh").chmod(0o755)
    (path / "link").symlink_to("README.md")
    for file, text in files.items():
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    subprocess.run([*git, "branch", "feature"], check=True)
    return f"file://{path}"


SERVER = '''"""Answers HTTP and echoes WebSocket messages on a loopback port."""
import base64, hashlib, http.server

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            return self.echo()
        cookies = self.headers.get("Cookie", "")
        body = f"hello from 3000 cookies=[{cookies}]".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        head = self.rfile.read(2)
        mask = self.rfile.read(4)
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(head[1] & 127)))
        self.wfile.write(bytes([0x81, len(data)]) + data)
        self.close_connection = True

http.server.ThreadingHTTPServer(("127.0.0.1", 3000), Handler).serve_forever()
'''
