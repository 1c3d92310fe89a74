"""The terminals' page as a browser gets it."""

import gzip
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from supervisor.api.table import PREFIX
from supervisor.api.web import endpoints, policy
from tests.supervisor.api.serving import proof, serving

DIGEST = "0123456789abcdef"
ORIGIN = "https://w.ws.example.org"


@pytest.fixture
def web(tmp_path: Path) -> str:
    (tmp_path / "web" / DIGEST).mkdir(parents=True)
    (tmp_path / "web/index.html").write_text("<!doctype html>")
    (tmp_path / "web" / DIGEST / "start.js.gz").write_bytes(gzip.compress(b"start()"))
    (tmp_path / "secret.js.gz").write_bytes(gzip.compress(b"secret"))
    return str(tmp_path / "web")


def table(web: str) -> list:
    return endpoints(web, lambda: {"name": "demo", "origin": ORIGIN})


@pytest.mark.parametrize("path", ["/terminals", "/terminals/main"])
async def test_the_page_runs_nothing_but_its_own_files(account, web, path):
    async with (
        serving(table(web), account) as served,
        aiohttp.ClientSession() as session,
        session.get(served.url + PREFIX + path, headers=proof(PREFIX + path)) as answer,
    ):
        assert await answer.text() == "<!doctype html>"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        said = answer.headers["content-security-policy"]
    directives = dict(one.strip().split(" ", 1) for one in said.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["connect-src"] == "'self' wss://w.ws.example.org"
    assert "connect-src 'self';" in policy("")


def test_what_the_page_itself_runs_is_named_by_its_digest():
    said = policy("", b"<script>one</script><script src='/x'>two</script>")
    assert said.count("'sha256-") == 1
    assert "'sha256-dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0='" in said


async def test_files_are_kept_for_ever_and_nothing_beside_them_is_given(account, web):
    async with serving(table(web), account) as served, aiohttp.ClientSession() as session:
        target = f"{PREFIX}/web/{DIGEST}/start.js"
        async with session.get(served.url + target, headers=proof(target)) as answer:
            assert await answer.text() == "start()"
            assert answer.headers["content-encoding"] == "gzip"
            assert "immutable" in answer.headers["cache-control"]
        for digest, name in (
            (DIGEST, "other.js"),
            (DIGEST, "start.py"),
            (DIGEST, "..%5c..%5csecret.js"),
            (DIGEST, "../secret.js"),
            ("0", "start.js"),
            (DIGEST, "index.html"),
        ):
            target = f"{PREFIX}/web/{digest}/{name}"
            place = URL(served.url + target, encoded=True)
            async with session.get(place, headers=proof(target)) as answer:
                assert answer.status == 404, target
        assert await served.ask("GET", "/web/workspace") == (
            200,
            {"name": "demo", "origin": ORIGIN},
        )
