"""A git host over http, real git behind it, that keeps a log and can misbehave by address.

    with GitHost(folder) as host:        # or GitHost(folder, netns="px7", address="198.51.100.2")
        host.url("demo")                 # a bare repository folder/demo.git
        host.url("demo", "silent")       # the same, behaving
        host.log()                       # ["list demo", "fetch demo", …]

Ways of behaving, the first part of the path: `plain`; `private` (401 without the host's
credentials, `ada:secret` unless given; who has them may push), `forbidden` (403); `silent`
(accepts and never answers); `held` (a fetch waits for the file folder/go); `cut` (half of an
answer to a fetch); `loop`, `file`, `inward`, `moved` (redirects to itself, to a file, to
10.99.77.3, to the plain address).
"""

import os
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path
from typing import Self

from tests.largefiles import LargeFiles

ROOT = Path(__file__).resolve().parents[1]
_GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]


class GitHost:
    """The process that serves, as long as the context lasts."""

    def __init__(
        self,
        folder: Path,
        *,
        netns: str = "",
        address: str = "127.0.0.1",
        tls: bool = False,
        credentials: str = "ada:secret",
    ) -> None:
        self.folder = folder
        (folder / "credentials").write_text(credentials)
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
            [*enter, sys.executable, "-m", "tests.gitserver", str(self.folder), self._address],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(60, self._process.kill)
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

    def shown(self) -> list[str]:
        """The credentials that anybody has shown, in order."""
        path = self.folder / "shown"
        return path.read_text().splitlines() if path.exists() else []

    def forget(self) -> None:
        """Begin both logs anew."""
        (self.folder / "log").unlink(missing_ok=True)
        (self.folder / "shown").unlink(missing_ok=True)

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
            LargeFiles(self.folder).keep(oid, content)
        plain = ["-c", "filter.lfs.process=", "-c", "filter.lfs.clean=cat"]
        plain += ["-c", "filter.lfs.required=false"]
        self.git(name, *plain, "add", ".gitattributes", file)
        self.git(name, *plain, "commit", "-q", "-m", "Large")

    def add_submodule(self, name: str, path: str, address: str, commit: str) -> None:
        """Commit a submodule, wherever its address leads."""
        text = f'[submodule "{path}"]\n\tpath = {path}\n\turl = {address}\n'
        with self.work(name).joinpath(".gitmodules").open("a") as modules:
            modules.write(text)
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
