import asyncio
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from tempfile import TemporaryDirectory, mkdtemp
from threading import Thread
from typing import Any

import msgspec
import pytest
from msgspec import structs

from supervisor.host.asking import NotGiven
from supervisor.imagebuild.building import Builder
from supervisor.imagebuild.commands import Ground
from tests.ports import free_port
from tests.supervisor.imagebuild.test_features import PART
from tests.supervisor.roots import KINDS
from wire.imagebuild import PLAN_PATH, RESULT_PATH, BuildPlan, BuildResult, LogKept, LogPiece

# podman (4.3) may end a step before it has passed on what the step said last, as much as a pipe
# holds: what has to be seen has more than that behind it
MORE = "busybox seq 20000"
DOCKERFILE = f"""\
FROM scratch
ADD root.tar /
RUN --mount=type=secret,id=TOKEN busybox echo "it has $(busybox wc -c </run/secrets/TOKEN) bytes: \\
$(busybox cat /run/secrets/TOKEN)"; {MORE}
RUN busybox test -s /run/secrets/TOKEN || busybox echo gone; {MORE}
"""


class Server:
    """The server as a builder sees it."""

    def __init__(self, plan: BuildPlan | None) -> None:
        self.plan = plan
        self.log = b""
        self.result: BuildResult | None = None

    async def ask(self, target: str, question: Any = None) -> bytes:
        if target == PLAN_PATH:
            if self.plan is None:
                raise NotGiven(403)
            return msgspec.json.encode(self.plan)
        if target == RESULT_PATH:
            self.result = question
            return b"{}"
        assert isinstance(question, LogPiece)
        self.log += question.data
        return msgspec.json.encode(LogKept(length=len(self.log)))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 16 MB."""
    with mounted("16m") as path:
        yield path


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of 128 MB."""
    with mounted("128m") as path:
        yield path


@contextmanager
def mounted(size: str) -> Iterator[Path]:
    """Mount a disk in a folder that the person may enter."""
    disk = Path(mkdtemp())
    options = f"size={size},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def make_clone(folder: Path, files: dict[str, str]) -> None:
    """Make a repository of the person's with one commit, as the daemon leaves it."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@h.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    subprocess.run(["chown", "-R", "33333:33333", str(folder)], check=True)


def pack_zeros(path: Path, size: int) -> None:
    """Write a small tar of a large file, packed."""
    member = tarfile.TarInfo("zeros")
    member.size = size
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        tar.addfile(member, io.BytesIO(bytes(size)))


def test_a_build_that_is_over_is_not_begun():
    assert asyncio.run(Builder(Server(None)).run()) == 1  # type: ignore[arg-type] # its one method


def build(ground: Ground, **plan: Any) -> tuple[BuildResult, bytes]:
    """Run a whole build; return how it ended, and its log."""
    given = {"name": "built/x", "token": "the-token", "dockerfile": "Dockerfile", "context": ""}
    server = Server(BuildPlan(**(given | plan)))
    assert asyncio.run(Builder(server, ground).run()) == 0  # type: ignore[arg-type] # its one method
    assert server.result is not None
    assert b"the-token" not in server.log
    return server.result, server.log


@pytest.mark.root
def test_a_repository_that_is_not_there_is_a_failure_that_the_server_knows(tmp_path: Path):
    result, log = build(Ground(str(tmp_path), port=free_port()), folder="missing")
    assert result.code == "checkout_failed"
    assert b"missing" in log


@pytest.mark.root
def test_a_disk_that_is_full_is_told_as_such(small_disk: Path):
    """The condition build_disk_full: the step writes more than the content's disk has."""
    repository = small_disk / "demo"
    files = {"Dockerfile": "FROM scratch\nADD large.tar /large\n"}
    make_clone(repository, files)
    pack_zeros(repository / "large.tar", 64 << 20)
    result, log = build(
        Ground(str(small_disk), port=free_port(), python=sys.executable), folder="demo"
    )
    assert result.code == "disk_full", log
    assert b"no space left on device" in log


@pytest.mark.root
def test_secrets_are_shown_to_their_step_and_features_are_installed(disk: Path):
    """Nothing takes the image here, so its making is told by the log alone."""
    root = disk / "root"
    root.mkdir()
    KINDS["busybox"](root)
    repository = disk / "demo"
    make_clone(repository, {"Dockerfile": DOCKERFILE})
    tar = ["tar", "-C", str(root), "-cf", str(repository / "root.tar"), "."]
    subprocess.run(tar, check=True)
    said = 'echo "$GREETING, $AT, $(id -u)"; cat /etc/passwd'
    files = feature_of(f"#!/bin/sh\n{said}; {MORE}\n")
    part = structs.replace(
        PART,
        source="h.org/f",
        layer=f"sha256:{sha256(files).hexdigest()}",
        size=len(files),
        variables={"GREETING": "it's $HOME"},
        environment={"AT": "here"},
    )
    with registry_of({part.layer: files}) as socket:
        ground = Ground(
            str(disk), str(disk), registry=socket, port=free_port(), python=sys.executable
        )
        secrets = {"TOKEN": "first of two lines\nand very secret"}
        result, log = build(ground, folder="demo", features=[part], secrets=secrets)
    assert b"it has 34 bytes: [secret]" in log
    assert b"very secret" not in log
    assert b"gone" in log
    assert b"it's $HOME, here, 0" in log
    assert b"gitpod:x:33333:33333::/home/gitpod:/bin/sh" in log
    assert (result.code, result.digest) == ("push_failed", ""), log
    assert not (disk / "registry.json").exists()
    assert not list((disk / "secrets").iterdir())


def feature_of(script: str) -> bytes:
    """Return a feature's layer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo("./install.sh")
        member.size = len(script)
        tar.addfile(member, io.BytesIO(script.encode()))
    return out.getvalue()


@contextmanager
def registry_of(blobs: dict[str, bytes]) -> Iterator[str]:
    """Serve blobs, and refuse all else; gives the socket."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = blobs.get(self.path.rpartition("/")[2])
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_words: object) -> None:
            return

        def address_string(self) -> str:
            return ""

    with TemporaryDirectory() as folder, UnixStreamServer(f"{folder}/s", Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{folder}/s"
        finally:
            server.shutdown()
            thread.join()
