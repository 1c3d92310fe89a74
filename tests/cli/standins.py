"""An installation whose daemon, server, blobserve and proxy are small stand-ins: real processes.

The launcher, the command line, the users, folders and sockets are the real ones; the four
children only speak as much as `podium up` asks of them. A stand-in ends at once with an
error while the file `<home>/broken-<name>` exists.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.ports import free_port
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[2]

COMMON = """
import json, os, signal, socketserver, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from wire.layout import Layout

def layout():
    names = ("PODIUM_HOME", "PODIUM_CACHE", "PODIUM_RUN_ROOT")
    return Layout(*(PurePosixPath(os.environ[name]) for name in names))

def begin(name):
    broken = Path(os.environ["PODIUM_HOME"]) / f"broken-{name}"
    if broken.exists():
        sys.exit(f"cannot serve: {broken.read_text()}")
    def end(*_):
        print(json.dumps({"event": "ended", "at": time.monotonic()}), flush=True)
        os._exit(0)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGQUIT, end)
    print(json.dumps({"event": "began", "uid": os.getuid(), "gid": os.getgid(),
                      "environment": sorted(os.environ)}), flush=True)

class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def address_string(self):
        return "-"
    def log_message(self, *_):
        pass
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.answer()
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    do_POST = do_GET

class Unix(ThreadingHTTPServer):
    address_family = 1
    def server_bind(self):
        Path(self.server_address).unlink(missing_ok=True)
        socketserver.TCPServer.server_bind(self)
    def get_request(self):
        request, _ = super().get_request()
        return request, ("", 0)
"""
DAEMON = """
import signal
from standin import begin
begin("daemon")
while True:
    signal.pause()
"""
SERVER = """
from standin import Answers, Unix, begin, layout
begin("server")

class Internal(Answers):
    def answer(self):
        if self.path == "/internal/health":
            return 200, {"ready": True, "node": "ok"}
        if self.path == "/internal/tokens":
            return 201, {"token": "good-token"}
        return 201, {"url": "http://podium.localhost/auth/link#once", "expires": 1.0}

Unix(str(layout().internal_socket), Internal).serve_forever()
"""
PROXY = """
import signal, sys
from http.server import ThreadingHTTPServer
from kit.listening import adopt
from standin import Answers, begin
begin("proxy")
signal.signal(signal.SIGHUP, lambda *_: print('{"event": "renewed"}', flush=True))

class Public(Answers):
    def answer(self):
        if self.path in {"/.podium/healthz", "/healthz"}:
            return 200, {}
        if self.headers["Authorization"] != "Bearer good-token":
            return 401, {"code": "unauthenticated", "title": "Sign in first"}
        return 200, {"workspaces": [{"phase": "running"}, {"phase": "stopped"}]}

handed = adopt(sys.argv[sys.argv.index("--sockets") + 1])
assert set(handed) == {"public", "entry"}, handed
serving = ThreadingHTTPServer(("", 0), Public, bind_and_activate=False)
serving.socket = handed["public"][0]
serving.socket.setblocking(True)
serving.serve_forever()
"""
BLOBSERVE = """
from standin import Answers, Unix, begin, layout
begin("blobserve")

class Files(Answers):
    def answer(self):
        return (200, {}) if self.path == "/healthz" else (404, {})

Unix(str(layout().blobserve_socket), Files).serve_forever()
"""
FILES = {
    "standin.py": COMMON,
    "daemon/__main__.py": DAEMON,
    "app/__main__.py": SERVER,
    "proxy/__main__.py": PROXY,
    "blobserve/__main__.py": BLOBSERVE,
}


LOCK = (CHECKOUT / "requirements.lock").read_bytes()
"""Read now: a test may have become somebody who cannot."""


def readable_python() -> str:
    """Return an interpreter with the dependencies that user podium may execute, too."""
    lock = hashlib.sha256(LOCK).hexdigest()[:20]
    cached = Path(os.environ.get("PODIUM_CACHE", "/var/cache/podium")) / "venv" / lock
    return str(cached / "bin/python") if (cached / ".whole").exists() else sys.executable


@dataclass
class Installation:
    """Runs `podium …` over stand-ins."""

    folder: Path
    port: int = field(default_factory=free_port)

    @classmethod
    def make(cls) -> "Installation":
        folder = Path(tempfile.mkdtemp(prefix="podium-cli-"))
        folder.chmod(0o755)
        sources = folder / "sources"
        for name in ("cli", "wire", "kit"):
            shutil.copytree(
                CHECKOUT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name, text in FILES.items():
            (sources / name).parent.mkdir(exist_ok=True)
            (sources / name).write_text(text)
        return cls(folder)

    @property
    def layout(self) -> Layout:
        home, cache, run = (PurePosixPath(self.folder / name) for name in ("home", "cache", "run"))
        return Layout(home, cache, run)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "SECRET_OF_THE_CALLER": "x",
            "PYTHONPATH": str(self.folder / "sources"),
            "PODIUM_HOME": str(self.layout.home),
            "PODIUM_CACHE": str(self.layout.cache),
            "PODIUM_RUN_ROOT": str(self.layout.run_root),
            "PODIUM_PORT": str(self.port),
            # no stand-in for it: nobody waits for the SSH gateway
            "PODIUM_SSH_PORT": "0",
            "PODIUM_FULL_IMAGE": "no",
        }

    def start(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [readable_python(), "-P", "-m", "cli", *words],
            cwd="/",
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def podium(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def processes(self) -> dict[str, dict]:
        return json.loads(self.podium("status", "--json").stdout)["processes"]

    def logged(self, name: str) -> list[dict]:
        """Return what a stand-in said, by its log."""
        text = (Path(self.layout.logs) / f"{name}.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def remove(self) -> None:
        self.podium("down")
        shutil.rmtree(self.folder)
