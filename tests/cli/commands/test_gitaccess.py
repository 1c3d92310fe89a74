"""`podium git-access`, by what it asks of the API, prints and returns."""

import io
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import gitaccess
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

SHOWN = {"host": "h.org", "algorithm": "ssh-ed25519", "key": "AAAA", "fingerprint": "SHA256:x"}
SEEN = {
    "tokens": [{"host": "github.com", "username": "oauth2"}],
    "ssh_key": {"public": "ssh-ed25519 AAAA podium-owner"},
    "host_keys": [SHOWN],
}
Capture = pytest.CaptureFixture[str]


class Api:
    def __init__(self, subject: dict[str, str] | None = None) -> None:
        self.requests: list[Request] = []
        self.view: dict[str, Any] = view_of("stopped")
        self.view["instance"] = {"problem": {"subject": subject or {}}}

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.removeprefix("/api/v1")
        if path == "/workspaces":
            return 200, {"workspaces": [self.view]}
        if path.startswith("/workspaces/"):
            return 200, self.view
        answers: dict[str, tuple[int, Any]] = {
            "GET /git-access": (200, SEEN),
            "PUT /git-access/tokens/h.org%3A8443": (200, {"host": "h.org:8443", "username": "ada"}),
            "DELETE /git-access/tokens/h.org": (204, b""),
            "POST /git-access/ssh-key": (201, SEEN["ssh_key"]),
            "POST /git-access/host-keys": (201, SHOWN),
        }
        return answers[f"{request.method} {path}"]

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            try:
                return gitaccess.run(client, parser().parse_args(["git-access", *words]))
            finally:
                self.requests = server.requests


def test_the_list_tells_everything_but_secrets(capsys: Capture) -> None:
    assert Api().run("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "token  github.com as oauth2",
        "key    ssh-ed25519 AAAA podium-owner",
        "host   h.org ssh-ed25519 SHA256:x",
    ]
    assert Api().run("list", "--json") == 0
    assert '"github.com"' in capsys.readouterr().out


def test_a_token_comes_from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ghp_1\n"))
    api = Api()
    assert api.run("set-token", "h.org:8443", "--user", "ada") == 0
    assert api.requests[0].body == {"token": "ghp_1", "username": "ada"}
    out = capsys.readouterr().out
    assert out == "Kept a token for h.org:8443 as ada.\n"


def test_a_token_is_removed_and_a_key_made(capsys: Capture) -> None:
    assert Api().run("remove-token", "h.org") == 0
    assert Api().run("make-key") == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("ssh-ed25519 AAAA")


def test_only_the_key_that_was_shown_is_accepted(capsys: Capture) -> None:
    api = Api(SHOWN)
    assert api.run("accept", ID[:6], "SHA256:x") == 0
    sent = api.requests[-1].body
    assert sent == {"host": "h.org", "algorithm": "ssh-ed25519", "key": "AAAA"}
    for other, subject in (("SHA256:y", SHOWN), ("", SHOWN), ("SHA256:x", {}), ("", {})):
        with pytest.raises(CommandError, match="has not shown this key"):
            Api(subject).run("accept", ID, other)
