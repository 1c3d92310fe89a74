"""What a name means is asked of the facade; its refusals are told in its own words."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

import pytest

from app.images.named import NamedImages
from app.images.port import State, Supply, Wanted
from wire.ids import InstanceId
from wire.phases import Condition
from wire.registry import FOR

DIGEST = f"sha256:{'7' * 64}"
ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)


@contextmanager
def facade(path: Path, status: int, digest: str = DIGEST, body: bytes = b"{}") -> Iterator[list]:
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers[FOR]))
            self.send_response(status)
            self.send_header("Docker-Content-Digest", digest)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            return

        def address_string(self) -> str:
            return ""

    with UnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()


async def supply(path: Path, name: str) -> Supply:
    named = NamedImages(str(path), pauses=())
    return await named.supply(Wanted(instance=ONE, wish={"name": name}, name=name))


async def test_a_tag_is_resolved(tmp_path: Path) -> None:
    with facade(tmp_path / "s", 200) as asked:
        found = await supply(tmp_path / "s", "alpine:3.20")
    source = "docker.io/library/alpine"
    assert found == Supply(state=State.READY, source=source, digest=DIGEST)
    assert asked == [("/v2/docker.io/library/alpine/manifests/3.20", str(ONE))]


async def test_a_digest_is_asked_for_with_the_persons_passwords_too(tmp_path: Path) -> None:
    name = f"127.0.0.1:5000/a/b@{DIGEST}"
    with facade(tmp_path / "s", 200) as asked:
        found = await supply(tmp_path / "s", name)
    assert (found.source, found.digest) == ("127.0.0.1_5000/a/b", DIGEST)
    assert asked == [(f"/v2/127.0.0.1_5000/a/b/manifests/{DIGEST}", str(ONE))]
    with facade(tmp_path / "t", 403):
        denied = await supply(tmp_path / "t", name)
    assert denied.condition is Condition.IMAGE_DENIED


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        (401, Condition.IMAGE_DENIED),
        (403, Condition.IMAGE_DENIED),
        (404, Condition.IMAGE_UNKNOWN),
        (502, Condition.IMAGE_UNREACHABLE),
    ],
)
async def test_refusals(tmp_path: Path, status: int, condition: Condition) -> None:
    body = json.dumps({"errors": [{"code": "X", "message": "because"}]}).encode()
    with facade(tmp_path / "s", status, body=body):
        found = await supply(tmp_path / "s", "alpine")
    assert (found.state, found.condition, found.told) == (State.FAILED, condition, "because")


async def test_an_answer_that_is_none(tmp_path: Path) -> None:
    with facade(tmp_path / "s", 200, digest="md5:0", body=b"<html>"):
        found = await supply(tmp_path / "s", "alpine")
    assert (found.state, found.condition) == (State.FAILED, Condition.IMAGE_UNREACHABLE)


async def test_a_facade_that_is_not_there(tmp_path: Path) -> None:
    found = await supply(tmp_path / "nobody", "alpine")
    assert (found.state, found.condition) == (State.FAILED, Condition.IMAGE_UNREACHABLE)


async def test_what_is_no_name(tmp_path: Path) -> None:
    assert (await supply(tmp_path / "s", "A B")).condition is Condition.IMAGE_UNKNOWN
