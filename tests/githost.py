"""A git host over http, real git behind it, that keeps a log and can misbehave by address.

    with GitHost(folder) as host:        # or GitHost(folder, netns="px7", address="203.0.113.2")
        host.url("demo")                 # a bare repository folder/demo.git
        host.url("demo", "silent")       # the same, behaving
        host.log()                       # ["list demo", "fetch demo", …]

Ways of behaving, the first part of the path: `plain`; `private` (401 without ada:secret, who
may push), `forbidden` (403); `silent` (accepts and never answers); `held` (a fetch waits for
the file folder/go); `cut` (half of an answer to a fetch); `loop`, `file`, `inward`, `moved`
(redirects to itself, to a file, to 10.99.77.3, to the plain address).
"""

import base64
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
_GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
CREDENTIALS = "Basic " + base64.b64encode(b"ada:secret").decode()


class GitHost:
    """The process that serves, as long as the context lasts."""

    def __init__(
        self, folder: Path, *, netns: str = "", address: str = "127.0.0.1", tls: bool = False
    ) -> None:
        self.folder = folder
        self._scheme = "http"
        if tls:
            self._scheme = "https"
            made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            made += ["-subj", f"/CN={address}", "-addext", f"subjectAltName=IP:{address}"]
            made += ["-keyout", str(folder / "tls.pem"), "-out", str(folder / "crt.pem")]
            subprocess.run(made, check=True, capture_output=True)
        self._netns = netns
        self._address = address
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        enter = ["ip", "netns", "exec", self._netns] if self._netns else []
        self._process = subprocess.Popen(
            [*enter, sys.executable, "-m", "tests.githost", str(self.folder), self._address],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(20, self._process.kill)
        watchdog.start()
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        watchdog.cancel()
        return self

    def __exit__(self, *_reason: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def url(self, name: str, manner: str = "plain") -> str:
        return f"{self._scheme}://{self._address}:{self.port}/{manner}/{name}.git"

    def log(self) -> list[str]:
        """What was asked for, in order: `list <name>` or `fetch <name>`."""
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    def forget(self) -> None:
        """Begin the log anew."""
        (self.folder / "log").unlink(missing_ok=True)

    def release(self) -> None:
        """Let held fetches go on."""
        (self.folder / "go").touch()

    def work(self, name: str) -> Path:
        return self.folder / f"{name}.work"

    def make_empty(self, name: str, branch: str) -> Path:
        """Make a repository without commits."""
        bare = self.folder / f"{name}.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", branch, str(bare)], check=True)
        return bare

    def make(self, name: str = "demo", *, noise: int = 0) -> str:
        """Make a repository with main, feature and the annotated tag v1; `noise` in bytes."""
        work = self.work(name)
        bare = self.make_empty(name, "main")
        self.git(name, "init", "-q", "-b", "main")
        self.git(name, "remote", "add", "origin", str(bare))
        (work / "README.md").write_text(f"# {name}\n")
        if noise:
            (work / "noise").write_bytes(os.urandom(noise))
        head = self.commit(name, "First")
        self.git(name, "branch", "feature")
        self.git(name, "tag", "-a", "-m", "One", "v1")
        self.push(name)
        return head

    def commit(self, name: str, message: str) -> str:
        """Commit what is there; returns the commit."""
        self.git(name, "add", "-A")
        self.git(name, "commit", "-q", "--allow-empty", "-m", message)
        return self.git(name, "rev-parse", "HEAD")

    def push(self, name: str) -> None:
        self.git(name, "push", "-q", "--force", "--prune", "origin", "refs/heads/*", "refs/tags/*")

    def bare(self, name: str, *words: str) -> None:
        """Run git in the repository that is served."""
        subprocess.run(["git", "-C", str(self.folder / f"{name}.git"), *words], check=True)

    def take_away(self, name: str) -> None:
        """Let the repository be gone, or not be shown any more, which looks the same."""
        (self.folder / f"{name}.git").rename(self.folder / f"{name}.gone")

    def add_large(self, name: str, file: str, content: bytes, *, kept: bool = True) -> None:
        """Put a file into Git LFS, as the host does; one that is not kept cannot be had."""
        oid = sha256(content).hexdigest()
        attributes = self.work(name) / ".gitattributes"
        attributes.write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\n"
        (self.work(name) / file).write_text(f"{pointer}size {len(content)}\n")
        if kept:
            (self.folder / "lfs").mkdir(exist_ok=True)
            (self.folder / "lfs" / oid).write_bytes(content)
        plain = ["-c", "filter.lfs.process=", "-c", "filter.lfs.clean=cat"]
        plain += ["-c", "filter.lfs.required=false"]
        self.git(name, *plain, "add", ".gitattributes", file)
        self.git(name, *plain, "commit", "-q", "-m", "Large")

    def add_submodule(self, name: str, path: str, address: str, commit: str) -> None:
        """Commit a submodule, wherever its address leads."""
        text = f'[submodule "{path}"]\n\tpath = {path}\n\turl = {address}\n'
        self.work(name).joinpath(".gitmodules").write_text(text)
        self.git(name, "add", ".gitmodules")
        self.git(name, "update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
        self.git(name, "commit", "-q", "-m", f"Submodule {path}")

    def git(self, name: str, *words: str) -> str:
        work = self.work(name)
        work.mkdir(exist_ok=True)
        done = subprocess.run(
            [*_GIT, "-c", "core.compression=0", *words],
            cwd=work,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


class _Handler(http.server.BaseHTTPRequestHandler):
    folder: Path

    def log_message(self, *_words: Any) -> None:
        return

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _serve(self, body: bytes) -> None:
        path, _mark, query = self.path.partition("?")
        _slash, manner, rest = unquote(path).split("/", 2)
        if rest.endswith("/info/lfs/objects/batch") or manner == "lfs":
            self._large(manner, rest, body)
        elif not self._misbehave(manner, rest, query):
            self._backend(manner, rest, query, body)

    def _misbehave(self, manner: str, rest: str, query: str) -> bool:
        to = {
            "loop": f"/loop/x{rest}?{query}",
            "file": f"file://{self.folder}/{rest}",
            "inward": f"http://10.99.77.3/plain/{rest}?{query}",
            "moved": f"http://{self.headers['Host']}/plain/{rest}?{query}",
        }
        if manner in to:
            self._answer(302, Location=to[manner])
        elif manner == "silent":
            threading.Event().wait(600)
        elif manner == "forbidden":
            self._answer(403)
        elif manner == "private" and self.headers.get("Authorization") != CREDENTIALS:
            self._answer(401, **{"WWW-Authenticate": 'Basic realm="git"'})
        else:
            return False
        return True

    def _large(self, manner: str, rest: str, body: bytes) -> None:
        """Git LFS: where objects are, and the objects."""
        if manner == "lfs":
            content, kind = (self.folder / "lfs" / rest).read_bytes(), "application/octet-stream"
        else:
            objects = json.loads(body)["objects"]
            for one in objects:
                one["actions"] = {
                    "download": {"href": f"http://{self.headers['Host']}/lfs/{one['oid']}"}
                }
                if not (self.folder / "lfs" / one["oid"]).exists():
                    one["error"] = {"code": 404, "message": "Object does not exist"}
                    del one["actions"]
            content = json.dumps({"transfer": "basic", "objects": objects}).encode()
            kind = "application/vnd.git-lfs+json"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _backend(self, manner: str, rest: str, query: str, body: bytes) -> None:
        fetches = b"command=fetch" in body
        if rest.endswith("/git-upload-pack"):
            with (self.folder / "log").open("a") as log:
                name = rest.removesuffix("/git-upload-pack").removesuffix(".git")
                log.write(f"{'fetch' if fetches else 'list'} {name}\n")
        go, pause = self.folder / "go", threading.Event()
        while fetches and manner == "held" and not go.exists():
            pause.wait(0.02)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_1": "false" if manner == "old" else "true",
            "GIT_CONFIG_KEY_2": "http.receivepack",
            "GIT_CONFIG_VALUE_2": "true" if manner == "private" else "false",
            "PATH_INFO": f"/{rest}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
        )
        head, _gap, answer = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in {**fields, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer[: len(answer) // 2] if manner == "cut" and fetches else answer)


def main() -> None:
    """Serve the folder at the address until killed; the port is the one line on stdout."""
    _Handler.folder = Path(sys.argv[1])
    server = http.server.ThreadingHTTPServer((sys.argv[2], 0), _Handler)
    if (_Handler.folder / "tls.pem").exists():
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(_Handler.folder / "crt.pem", _Handler.folder / "tls.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
