"""curl and a WebSocket through a port: bodies, ranges, events and messages arrive whole.

The other clients are elsewhere: ssh, sftp and rsync in the tests of ssh, VS Code's socket over a
renewed proxy in test_6_renewal.py, Vite's hot reload in test_4_own_urls.py.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from websockets.sync.client import connect

from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

SOURCE = Path(__file__).parent / "through" / "server.py"
PORT = 5100
CONTENT = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def url(installation: Installation, workspace: Workspace, owner) -> Iterator[str]:
    """A public port on which the little server answers."""
    tree = installation.content(workspace.id) / "workspace"
    shutil.copy(SOURCE, tree / "through.py")
    (tree / "through.py").chmod(0o644)
    page: Page = owner.new_page()
    run(page, installation, workspace, f"(python3 /workspace/through.py {PORT} &)")

    def listed() -> bool:
        return str(PORT) in installation.podium("workspace", "ports", workspace.id).stdout

    until(listed, timeout=60)
    words = ("workspace", "ports", workspace.id, str(PORT))
    assert installation.podium(*words, "--public").returncode == 0
    yield installation.port_url(workspace.id, PORT)
    installation.podium(*words, "--private")
    page.close()
    (tree / "through.py").unlink()


def curl(*words: str, given: bytes = b"") -> bytes:
    command = ["curl", "-sS", "--max-time", "60", "--noproxy", "*", *words]
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    return done.stdout


def test_bodies_of_every_framing_arrive_whole(url: str) -> None:
    body = os.urandom(3_000_000)
    digest = hashlib.sha256(body).hexdigest()
    chunked = curl("-T", "-", "-X", "POST", "-H", "Expect:", url, given=body).decode().split()
    assert chunked[:3] == [str(len(body)), digest, "chunked"]
    waited = curl("-H", "Expect: 100-continue", "--data-binary", "@-", "-v", url, given=body)
    assert waited.decode().split()[:3] == [str(len(body)), digest, "plain"]
    large = curl("-H", f"X-Large: {'x' * 20_000}", "-d", "a", url).decode().split()
    assert int(large[3]) > 20_000


def test_an_answer_may_come_instead_of_100_continue(url: str) -> None:
    written = curl(
        "-H",
        "Expect: 100-continue",
        "--expect100-timeout",
        "30",
        "--data-binary",
        "@-",
        "-w",
        "\n%{http_code}",
        f"{url}/refuse",
        given=b"z" * 2_000_000,
    )
    assert written.decode().splitlines()[-1] == "413"


def test_heads_ranges_and_large_heads_of_answers(url: str) -> None:
    head = curl("-I", url).decode().lower()
    assert f"content-length: {len(CONTENT)}" in head
    piece = curl("-r", "1000-70000", url)
    assert piece == CONTENT[1000:70001]
    both = curl("-I", url, "-I", "--next", "-sS", url)
    assert both.endswith(CONTENT), "a connection goes on behind a HEAD"
    assert "y" * 30_000 in curl("-i", f"{url}/large").decode()


def test_events_come_one_by_one(url: str) -> None:
    command = ["curl", "-sSN", "--max-time", "60", f"{url}/events"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as events:
        assert events.stdout is not None
        for number in range(3):
            # the next one is sent only after this one has been seen
            assert events.stdout.readline() == b"data: %d\n" % number
            assert events.stdout.readline() == b"\n"
            curl("-X", "PUT", url)
        assert events.stdout.read() == b""
        assert events.wait() == 0


def test_a_web_socket_with_large_compressed_messages(installation: Installation, url: str) -> None:
    sock = socket.create_connection(("127.0.0.1", installation.port), timeout=60)
    where = url.replace("http", "ws") + "/socket"
    with connect(where, sock=sock, max_size=None, open_timeout=60) as echo:
        assert echo.protocol.extensions, "compression was lost on the way"
        for message in (json.dumps({"a": ["b" * 1_000_000]}), os.urandom(1 << 20), "ö", b""):
            echo.send(message)
            assert echo.recv(timeout=60) == message
