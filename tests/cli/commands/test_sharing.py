"""`podium port`, by what it asks of the API, prints and returns."""

import io
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import sharing
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

Capture = pytest.CaptureFixture[str]
LINKS = [
    {"id": "ps_aa00000000000000", "port": 3000, "expires": 0, "password": True, "once": True},
    {"id": "ps_ab00000000000000", "port": 8000, "expires": 0, "password": False, "once": False},
]
FACTS = ({"opened": 2, "note": "Grace"}, {"opened": 0, "note": ""})
SHARES = [{**link, **facts} for link, facts in zip(LINKS, FACTS, strict=True)]


class Api:
    def __init__(self, shares: list[dict[str, Any]] | None = None) -> None:
        self.requests: list[Request] = []
        self.shares = SHARES if shares is None else shares

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.removeprefix("/api/v1/workspaces")
        if path == "":
            return 200, {"workspaces": [view_of("running")]}
        if request.method == "POST":
            return 201, {"url": "http://3000-x/.podium/share#ps_1.s"}
        return (204, b"") if request.method == "DELETE" else (200, {"shares": self.shares})

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            try:
                return sharing.run(client, parser().parse_args(["port", *words]))
            finally:
                self.requests = server.requests


def test_a_link_is_made_and_printed_alone(capsys: Capture) -> None:
    api = Api()
    assert api.run("share", ID[:5], "3000", "--lasts", "1h", "--once", "--note", "Bob") == 0
    assert capsys.readouterr().out == "http://3000-x/.podium/share#ps_1.s\n"
    asked = api.requests[-1]
    assert asked.path == f"/api/v1/workspaces/{ID}/ports/3000/shares"
    assert asked.body == {"lasts": "1h", "password": "", "once": True, "note": "Bob"}


def test_the_password_comes_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" correct horse \n"))
    api = Api()
    assert api.run("share", ID, "3000", "--password") == 0
    assert api.requests[-1].body["password"] == " correct horse "


def test_links_are_listed_with_what_they_are_worth(capsys: Capture) -> None:
    assert Api().run("links", ID) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("  ps_aa00000000000000   3000  until 19")
    assert first.endswith("password, one browser, opened 2 times  Grace")
    assert second.endswith("not opened yet")
    assert Api([]).run("links", ID) == 0
    assert capsys.readouterr().out == "  No link works.\n"
    assert Api().run("links", ID, "--json") == 0
    assert '"ps_ab00000000000000"' in capsys.readouterr().out


@pytest.mark.parametrize("wished", ["ps_aa", "http://3000-x/.podium/share#ps_aa00000000000000.s"])
def test_a_link_is_ended_by_its_beginning_or_itself(wished: str) -> None:
    api = Api()
    assert api.run("unshare", ID, wished) == 0
    assert (api.requests[-1].method, api.requests[-1].path) == (
        "DELETE",
        f"/api/v1/workspaces/{ID}/shares/ps_aa00000000000000",
    )


@pytest.mark.parametrize("wished", ["ps_a", "ps_b", ""])
def test_what_names_no_single_link_ends_none(wished: str) -> None:
    api = Api()
    with pytest.raises(CommandError):
        api.run("unshare", ID, wished)
    assert [one.method for one in api.requests] == ["GET", "GET"]
