"""The proxies that are compared, each set up for the same job on one core.

A private port of one among 100,000 hosts: the host is looked up, the grant's cookie looked at
and taken out, forwarded headers and a request id are added, connections to the upstream are
kept, nothing is buffered, and each request is a line of JSON in a file. What a peer cannot do is
left out in its favour: nginx and Caddy compare the cookie with a text, only ours checks a
signature; configurable-http-proxy does neither that nor a log.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.configurations import CADDY, NGINX, PAGES
from bench.record import ROOT
from bench.software import caddy, configurable, debian, platform
from wire.ids import workspace_id_from
from wire.tokens import Grant, port_cookie, sign_grant

HOSTS = 100_000
_PATIENCE = 60.0
SMALL = '{"id":17,"name":"amber-otter","state":"running","ports":[3000,8080],"since":"2026-11-26"}'
_STRIPPED = ("Forwarded", "X-Real-Ip", "X-Original-Url", "X-Rewrite-Url", "X-Podium-Proof")


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Job:
    """What every proxy does, and its upstreams: `pages` (nginx) and `work` (bench.upstream)."""

    folder: Path
    pages: int = field(default_factory=free_port)
    work: int = field(default_factory=free_port)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        numbers = range(HOSTS)
        self.workspaces = [workspace_id_from(bytes(8) + n.to_bytes(4, "big")) for n in numbers]
        self.workspace = self.workspaces[HOSTS // 2]
        grant = Grant(
            session="s1",
            user="ada",
            workspace=self.workspace,
            scope="port",
            role="owner",
            epoch=0,
            issued=int(time.time()),
        )
        self.cookie = f"{port_cookie('alone', self.workspace)}={sign_grant(grant, self.key)}"

    def host(self, port: int, workspace: str = "") -> str:
        """Return the host that leads to an upstream's port."""
        return f"{port}-{workspace or self.workspace}.ws.localhost"

    def headers(self, port: int) -> tuple[tuple[str, str], ...]:
        """Return what a request needs at least to pass."""
        return (
            ("Host", self.host(port)),
            ("Cookie", f"theme=dark; {self.cookie}"),
            ("Sec-Fetch-Site", "same-origin"),
        )


@dataclass
class Peer:
    """A running proxy."""

    name: str
    version: str
    port: int
    pid: int


def pinned(core: int) -> list[str]:
    """Return the words that keep a command on one core, where there are two."""
    return ["taskset", "-c", str(core)] if (os.cpu_count() or 1) > 1 else []


@contextmanager
def upstreams(job: Job) -> Iterator[None]:
    """Run both upstreams."""
    files = job.folder / "pages"
    files.mkdir()
    (files / "64k").write_bytes(os.urandom(65_536))
    (files / "10m").write_bytes(os.urandom(10_485_760))
    config = job.folder / "pages.conf"
    config.write_text(PAGES.format(folder=job.folder, port=job.pages, small=SMALL))
    with ExitStack() as stack:
        nginx = [*pinned(1), *debian("nginx"), "-p", str(job.folder), "-c", str(config)]
        stack.enter_context(running(nginx, job.pages))
        work = [*pinned(1), sys.executable, "-m", "bench.upstream", str(job.work)]
        stack.enter_context(running(work, job.work))
        yield


@contextmanager
def peers(job: Job) -> Iterator[list[Peer]]:
    """Run every proxy."""
    with ExitStack() as stack:
        yield [stack.enter_context(one(job)) for one in (_nginx, _caddy, _configurable, _ours)]


@contextmanager
def _nginx(job: Job) -> Iterator[Peer]:
    port = free_port()
    lines = [f"{job.host(job.pages, one)} pages;" for one in job.workspaces]
    (job.folder / "hosts.map").write_text("\n".join([*lines, f"{job.host(job.work)} work;"]))
    config = job.folder / "nginx.conf"
    name, value = job.cookie.split("=", 1)
    strip = "\n".join(f'proxy_set_header {one} "";' for one in _STRIPPED)
    config.write_text(
        NGINX.format(
            folder=job.folder,
            port=port,
            pages=job.pages,
            work=job.work,
            cookie=f"{name}={value}".replace(".", r"\."),
            name=name,
            strip=strip,
        )
    )
    program = debian("nginx")
    said = version([*program, "-v"])
    with running([*pinned(0), *program, "-p", str(job.folder), "-c", str(config)], port) as pid:
        yield Peer("nginx", said, port, pid)


@contextmanager
def _caddy(job: Job) -> Iterator[Peer]:
    port = free_port()
    config = job.folder / "Caddyfile"
    strip = "\n".join(f"header_up -{one}" for one in _STRIPPED)
    proxy = f"flush_interval -1\n{strip}\nheader_up X-Request-Id {{http.request.uuid}}"
    proxy += f"\nheader_up Cookie {job.cookie.partition('=')[0]}=[^;]* removed"
    config.write_text(
        CADDY.format(
            folder=job.folder,
            port=port,
            pages=job.pages,
            work=job.work,
            host=job.host(job.work),
            cookie=job.cookie,
            proxy=proxy,
        )
    )
    said = version([*caddy(), "version"]).split()[0]
    command = [*pinned(0), "env", "GOMAXPROCS=1", f"HOME={job.folder}", *caddy()]
    with running([*command, "run", "--config", str(config)], port) as pid:
        yield Peer("Caddy", said, port, pid)


@contextmanager
def _configurable(job: Job) -> Iterator[Peer]:
    port, api = free_port(), free_port()
    command = [*pinned(0), "env", "CONFIGPROXY_AUTH_TOKEN=bench", *configurable()]
    command += ["--ip", "127.0.0.1", "--port", str(port), "--log-level", "warn"]
    command += ["--api-ip", "127.0.0.1", "--api-port", str(api)]
    with running([*command, "--default-target", f"http://127.0.0.1:{job.pages}"], port) as pid:
        request = urllib.request.Request(
            f"http://127.0.0.1:{api}/api/routes/work",
            data=json.dumps({"target": f"http://127.0.0.1:{job.work}"}).encode(),
            headers={"Authorization": "token bench"},
            method="POST",
        )
        with urllib.request.urlopen(request):  # noqa: S310 - an address of our own
            pass
        said = version([*configurable(), "--version"])
        yield Peer("configurable-http-proxy", said, port, pid)


@contextmanager
def _ours(job: Job) -> Iterator[Peer]:
    port, file = free_port(), job.folder / "routes.json"
    public = b64encode(job.key.public_key().public_bytes_raw()).decode()
    route = {"target": "127.0.0.1", "owner": "ada"}
    file.write_text(
        json.dumps(
            {
                "base_url": "http://podium.localhost",
                "keys": [public],
                "routes": dict.fromkeys(job.workspaces, route),
            }
        )
    )
    place = f"PYTHONPATH={platform()}"
    command = [*pinned(0), "env", place, sys.executable, "-P", "-m", "proxy"]
    command += ["--listen", f"127.0.0.1:{port}"]
    with (
        (job.folder / "podium.log").open("wb") as log,
        running([*command, "--routes", str(file)], port, log.fileno()) as pid,
    ):
        yield Peer("Podium", "", port, pid)


@contextmanager
def running(command: list[str], port: int, errors: int | None = None) -> Iterator[int]:
    """Run a command until the block ends; gives its pid when its port answers."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
    ) as process:
        try:
            began = time.monotonic()
            while not _answers(port):
                if process.poll() is not None or time.monotonic() - began > _PATIENCE:
                    raise RuntimeError(f"does not listen on {port}: {' '.join(command)}")
                time.sleep(0.05)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def version(command: list[str]) -> str:
    """Return what a program says of its version."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().rpartition("nginx/")[2]


def room() -> Path:
    """Return a folder in memory, so that no disk takes part; remove it with `shutil.rmtree`."""
    folder = Path("/dev/shm") / f"podium-bench-{os.getpid()}"  # noqa: S108 - made by us alone
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    return folder
