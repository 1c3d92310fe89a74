"""`podium snapshot`, by what it asks of the API, prints and returns."""

import json
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import snapshots
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

Capture = pytest.CaptureFixture[str]
LISTED = "7f5b6c5e-0000-4000-8000-000000000001"
THEIRS = "7f5bffff-0000-4000-8000-000000000009"
LINKED = "7f5b6c5e-0000-4000-8000-000000000002"


def snapshot(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": "demo",
        "state": "done",
        "size": 2_000_000,
        "mine": True,
        "owner": "ada",
        "expires": 0.0,
        "url": f"http://podium.localhost/#snapshot/{name}",
    }


class Api:
    def __init__(self) -> None:
        self.requests: list[Request] = []

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.removeprefix("/api/v1")
        if path == "/workspaces":
            return 200, {"workspaces": [view_of("stopped")]}
        if path == "/snapshots":
            return 200, {"snapshots": [snapshot(LISTED), {**snapshot(THEIRS), "mine": False}]}
        if path.endswith("/workspace"):
            return 201, view_of("preparing")
        if request.method == "DELETE":
            return 204, b""
        return 202, snapshot(LISTED)

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            try:
                return snapshots.run(client, parser().parse_args(["snapshot", *words]))
            finally:
                self.requests = server.requests

    @property
    def asked(self) -> str:
        return f"{self.requests[-1].method} {self.requests[-1].path}"


def test_one_is_made_and_its_link_printed(capsys: Capture) -> None:
    api = Api()
    assert api.run("create", ID[:8], "--access", "link", "--lasts", "24h") == 0
    assert api.asked == f"POST /api/v1/workspaces/{ID}/snapshots"
    assert capsys.readouterr().out.strip().endswith(f"/#snapshot/{LISTED}")
    assert api.run("list") == 0
    assert "2.0 MB, yours, until " in capsys.readouterr().out
    assert api.run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["snapshots"][0]["id"] == LISTED


def test_one_is_meant_by_its_beginning_or_its_link() -> None:
    api = Api()
    assert api.run("open", "7f5b6", "--json") == 0
    assert api.asked == f"POST /api/v1/snapshots/{LISTED}/workspace"
    assert api.run("open", f"https://podium.example/#snapshot/{LINKED}", "--trust") == 0
    assert api.asked == f"POST /api/v1/snapshots/{LINKED}/workspace"
    assert api.run("delete", LISTED) == 0
    assert api.asked == f"DELETE /api/v1/snapshots/{LISTED}"
    with pytest.raises(CommandError):
        api.run("delete", "other")


def test_a_beginning_is_of_one_alone_and_of_ones_own_where_it_trusts() -> None:
    api = Api()
    with pytest.raises(CommandError, match="beginning of several"):
        api.run("open", "7f5b")
    with pytest.raises(CommandError, match="beginning of several"):
        api.run("open", "7f5b", "--trust")
    assert api.run("open", "7f5bf") == 0
    with pytest.raises(CommandError, match="somebody else's"):
        api.run("open", "7f5bf", "--trust")
    with pytest.raises(CommandError, match="somebody else's"):
        api.run("delete", "7f5bf")
    assert api.run("open", THEIRS, "--trust") == 0
    assert api.asked == f"POST /api/v1/snapshots/{THEIRS}/workspace"
    with pytest.raises(CommandError, match="no such"):
        api.run("open", "")
