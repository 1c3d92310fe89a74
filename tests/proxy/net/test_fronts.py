"""The fronts of docs/tls.md, run as they stand there: HTTP/2 outside, our HTTP/1.1 inside."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from bench import software
from proxy.core.forwarded import Fronts
from tests.authority import Authority
from tests.ports import free_port
from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import WORKSPACE
from tests.waiting import until
from wire.hosts import Hosts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tls.md"
NAMES = ("podium.localhost", "*.ws.localhost", "ws.localhost", "ide.localhost")
PORT = f"3000-{WORKSPACE}.ws.localhost"
OPEN_PORT = f"4000-{WORKSPACE}.ws.localhost"
AROUND = {
    "nginx": (
        "daemon off; pid {0}/nginx.pid; error_log {0}/error.log;"
        "events {{}} http {{ access_log off; client_body_temp_path {0}/body;"
        "proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi;"
        "scgi_temp_path {0}/scgi; server_names_hash_bucket_size 128; {1} }}"
    ),
    "caddy": "{{\n admin off\n auto_https off\n storage file_system {0}/caddy\n}}\n{1}",
}


def of_page(kind: str) -> str:
    """Return a configuration as the page has it."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found.group(1)


class Fronted(Whole):
    """A whole proxy behind a front."""

    front_port: int

    async def knows_routes(self) -> bool:
        ide = f"{WORKSPACE}.ws.localhost"
        async with self.get("/", ide, {**SELF_FETCH, **self.ide()}) as answer:
            return answer.status != 404

    def configuration(self, kind: str) -> Path:
        """Write the page's configuration with names, ports and files of this test."""
        text = of_page(kind)
        names = ", ".join(f"https://{name}:{self.front_port}" for name in NAMES)
        text = re.sub(r"^podium\.example\.org, .*(?= \{)", names, text, flags=re.MULTILINE)
        text = text.replace("example.org", "localhost")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.front_port}")
        text = text.replace("/etc/podium", str(self.folder))
        file = self.folder / kind
        file.write_text(AROUND[kind].format(self.folder, text))
        return file

    def command(self, kind: str) -> list[str]:
        file = str(self.configuration(kind))
        if kind == "caddy":
            return [*software.caddy(), "run", "--adapter", "caddyfile", "--config", file]
        return [*software.debian("nginx"), "-p", str(self.folder), "-c", file]

    @asynccontextmanager
    async def front(self, kind: str) -> AsyncIterator[None]:
        with (self.folder / "front.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *self.command(kind), stdout=log, stderr=log, env={"HOME": str(self.folder)}
            )
        try:
            await until(self.answers, 20)
            yield
        finally:
            process.terminate()
            await process.wait()

    async def answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.front_port)
        except OSError:
            return False
        writer.close()
        return True

    async def curl(self, host: str, path: str, *words: str) -> tuple[str, str]:
        """Return the protocol's version and the body."""
        where = ("--resolve", f"{host}:{self.front_port}:127.0.0.1", "--interface", "127.0.0.2")
        process = await asyncio.create_subprocess_exec(
            *("curl", "-sS", "--http2", "--cacert", str(self.folder / "ca.pem"), *where),
            *("-w", "\n%{http_version}", *words, f"https://{host}:{self.front_port}{path}"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, problems = await process.communicate()
        assert process.returncode == 0, problems.decode()
        body, _, version = out.decode().rpartition("\n")
        return version, body


@pytest.fixture
async def fronted() -> AsyncIterator[Fronted]:
    made = Fronted()
    made.front_port = free_port()
    hosts = Hosts.of(f"https://podium.localhost:{made.front_port}", "localhost")
    made.settings = replace(made.settings, hosts=hosts, fronts=Fronts.of(("127.0.0.1",)))
    authority = Authority()
    authority.write(made.folder / "ca.pem")
    authority.issue(made.folder / "fullchain.pem", *NAMES, key=made.folder / "privkey.pem")
    try:
        yield await made.start()
    finally:
        await made.stop()


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
async def test_a_front_for_http_2(fronted: Fronted, kind: str) -> None:
    async with fronted.front(kind):
        headers = [
            word
            for name, value in {**SELF_FETCH, **fronted.ports()}.items()
            for word in ("-H", f"{name}: {value}")
        ]
        forged = ("-H", "X-Forwarded-For: 203.0.113.9")
        version, body = await fronted.curl(PORT, "/a?b=c", *headers, *forged)
        seen = json.loads(body)
        assert (version, seen["path"]) == ("2", "/a?b=c")
        assert seen["headers"]["host"] == f"{PORT}:{fronted.front_port}"
        assert seen["headers"]["x-forwarded-proto"] == "https"
        assert seen["headers"]["x-forwarded-for"] == "127.0.0.2", "who a client says it is"

        upload = fronted.folder / "upload"
        upload.write_bytes(b"u" * 3_000_000)
        version, body = await fronted.curl(OPEN_PORT, "/post", "--data-binary", f"@{upload}")
        assert (version, len(body)) == ("2", 3_000_000)
        version, body = await fronted.curl(OPEN_PORT, "/slow?n=3")
        assert (version, body) == ("2", "piece\n" * 3)

        trusting = ssl.create_default_context()
        trusting.load_verify_locations(fronted.folder / "ca.pem")
        authority = f"{OPEN_PORT}:{fronted.front_port}"
        async with connect(
            f"wss://{authority}/ws",
            host="127.0.0.1",
            ssl=trusting,
            server_hostname=OPEN_PORT,
            origin=f"https://{authority}",
            compression=None,
            proxy=None,
        ) as live:
            assert await echoed(live, "hello")
