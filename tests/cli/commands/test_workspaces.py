"""The workspace commands, by what they ask of the API, print and return."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import workspaces
from cli.commands.client import Client, Endpoint
from cli.problems import USAGE, CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

OTHER = "amber-owl-4k2hw9xz1q"
PROBLEM = {"code": "content_failed", "title": "Cloning failed", "detail": "Why.", "cure": "How."}
Answer = Callable[[Request], tuple[int, Any]]


class Api:
    """Plays the API: the list, and an answer per `METHOD path`, the last one for ever."""

    def __init__(self, **answers: Any) -> None:
        self.listed = [view_of(), view_of("stopped", identifier=OTHER)]
        self.answers: dict[str, list[Any]] = {}
        self.requests: list[Request] = []

    def on(self, key: str, *answers: Any) -> "Api":
        self.answers[key] = list(answers)
        return self

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.partition("?")[0].removeprefix("/api/v1/workspaces")
        key = f"{request.method} {path.removeprefix('/')}".strip()
        if key == "GET":
            return 200, {"workspaces": self.listed}
        said = self.answers[key]
        found = said.pop(0) if len(said) > 1 else said[0]
        return found if isinstance(found, tuple) else (200, found)

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            try:
                return workspaces.run(client, parser().parse_args(["workspace", *words]))
            finally:
                self.requests = server.requests


Capture = pytest.CaptureFixture[str]


def test_create_sends_what_was_asked_for_once(capsys: Capture) -> None:
    api = Api().on("POST", (201, view_of("preparing", done=1)))
    assert api.run("create", "https://example.org/a/b", "--ref", "dev", "--trust", "--json") == 0
    sent = api.requests[0]
    assert sent.body == {
        "url": "https://example.org/a/b",
        "ref": "dev",
        "trust": True,
        "partial": False,
        "dotfiles": True,
    }
    assert sent.headers["idempotency-key"]
    told = json.loads(capsys.readouterr().out)
    assert told["id"] == ID
    assert {"ide_url", "phase", "timings", "problem"} <= set(told)


def test_create_may_leave_out_dotfiles(capsys: Capture) -> None:
    api = Api().on("POST", (201, view_of("preparing", done=1)))
    assert api.run("create", "https://example.org/a/b", "--no-dotfiles", "--json") == 0
    assert api.requests[0].body["dotfiles"] is False


def test_create_and_wait_draws_the_steps(capsys: Capture) -> None:
    api = Api().on("POST", view_of("preparing", done=1))
    api.on(f"GET {ID}", view_of("creating", version=2, done=5), view_of(version=3))
    assert api.run("create", "u", "--trust", "--wait") == 0
    out = capsys.readouterr().out
    assert [line.split()[1] for line in out.splitlines()[:9]][-1] == "ide"
    assert f"http://{ID}.ws.localhost" in out


def test_a_failed_start_prints_the_view_and_raises_its_problem(capsys: Capture) -> None:
    api = Api().on("POST", view_of("preparing", done=1))
    api.on(f"GET {ID}", view_of("stopped", version=2, done=3, problem=PROBLEM))
    with pytest.raises(CommandError) as told:
        api.run("create", "u", "--trust", "--wait", "--json")
    assert told.value.text() == "podium: Cloning failed\n  Cause: Why.\n  Cure:  How."
    assert told.value.code == 1
    assert json.loads(capsys.readouterr().out)["problem"]["code"] == "content_failed"


def test_a_start_that_somebody_stopped_says_so() -> None:
    api = Api().on(f"POST {ID}/start", view_of("stopped", version=2))
    with pytest.raises(CommandError, match="is stopped, not running"):
        api.run("start", ID, "--wait")


def test_without_trust_the_choice_is_explained_beside_the_answer(capsys: Capture) -> None:
    api = Api().on("POST", view_of("preparing", trusted=False))
    assert api.run("create", "https://example.org/a/b", "--json") == 0
    said = capsys.readouterr()
    assert "--trust https://example.org/a/b" in said.err
    assert json.loads(said.out)["trusted"] is False


def test_list_has_a_row_each_and_says_how_to_make_the_first(capsys: Capture) -> None:
    api = Api()
    assert api.run("list") == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        [ID, "running"],
        [OTHER, "stopped"],
    ]
    assert api.run("list", "--json") == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)["workspaces"]] == [ID, OTHER]
    api.listed = []
    assert api.run("list") == 0
    assert "podium workspace create" in capsys.readouterr().out


def test_the_beginning_of_an_id_suffices_when_it_is_the_only_one(capsys: Capture) -> None:
    api = Api().on(f"GET {ID}", view_of())
    assert api.run("show", "amber-ot") == 0
    assert ID in capsys.readouterr().out
    with pytest.raises(CommandError) as told:
        api.run("show", "amber-o")
    assert told.value.code == USAGE
    assert ID in told.value.cause
    assert OTHER in told.value.cause
    with pytest.raises(CommandError, match="no such workspace"):
        api.run("show", "blue")


def test_a_whole_id_that_begins_another_one_is_itself() -> None:
    api = Api().on(f"GET {ID}", view_of())
    api.listed.append(view_of(identifier=f"{ID}9"))
    assert api.run("show", ID) == 0


@pytest.mark.parametrize("verb", ["show", "stop", "delete"])
def test_no_id_at_all_never_means_the_only_workspace(verb: str) -> None:
    api = Api()
    api.listed = api.listed[:1]
    with pytest.raises(CommandError, match="Say which"):
        api.run(verb, "", *(["--yes"] if verb == "delete" else []))


def test_stop_waits_until_every_byte_is_safe(capsys: Capture) -> None:
    api = Api().on(f"POST {ID}/stop", view_of("stopping"))
    api.on(f"GET {ID}", view_of("stopped", version=2))
    assert api.run("stop", ID, "--wait", "--json") == 0
    assert json.loads(capsys.readouterr().out)["phase"] == "stopped"


def test_delete_asks_and_takes_only_the_name_for_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    api = Api().on(f"GET {ID}", view_of()).on(f"DELETE {ID}", (202, view_of(deleting=True)))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for typed, code in (("y", 1), ("", 1), ("demo", 0)):
        monkeypatch.setattr("builtins.input", lambda _question, typed=typed: typed)
        assert api.run("delete", ID) == code
        deleted = [one for one in api.requests if one.method == "DELETE"]
        assert len(deleted) == (1 if code == 0 else 0)
    assert "podium workspace deleted" in capsys.readouterr().out


def test_delete_without_anybody_to_ask_needs_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(CommandError, match="confirm") as told:
        Api().on(f"GET {ID}", view_of()).run("delete", ID)
    assert told.value.code == USAGE


def test_delete_waits_until_it_is_gone(capsys: Capture) -> None:
    api = Api().on(f"DELETE {ID}", (202, view_of("stopping", deleting=True)))
    api.on(f"GET {ID}", view_of("stopped", version=2, deleting=True), (404, {"title": "gone"}))
    assert api.run("delete", ID, "--yes", "--wait") == 0
    assert "is gone" in capsys.readouterr().out


def test_logs_are_printed_as_they_are(capsys: Capture) -> None:
    api = Api().on(f"GET {ID}", view_of()).on(f"GET {ID}/logs", (200, b"one\ntwo\n"))
    assert api.run("logs", ID) == 0
    assert capsys.readouterr().out == "one\ntwo\n"


def test_logs_that_are_followed_tell_each_thing_once(capsys: Capture) -> None:
    def event(number: int) -> dict[str, Any]:
        return {"id": number, "kind": f"kind{number}", "text": "text"}

    events = [{"events": [event(2), event(1)]}, {"events": [event(3), event(2), event(1)]}]
    api = Api().on(f"GET {ID}/events", *events)
    api.on(f"GET {ID}", view_of(), view_of(version=2), (404, {"title": "gone"}))
    assert api.run("logs", ID, "--follow") == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if "kind" in line] == [
        "kind1",
        "kind2",
        "kind3",
    ]
    assert out.count(" ide ") == 1


PORT = {
    "port": 3000,
    "url": f"http://3000-{ID}.ws.localhost:8080",
    "visibility": "private",
    "listening": True,
    "process": "node",
    "address": "::1",
    "loopback": True,
}


def test_ports_are_listed(capsys: Capture) -> None:
    api = Api().on(f"GET {ID}", {**view_of(), "ports": [PORT]})
    assert api.run("ports", ID) == 0
    line = capsys.readouterr().out.split()
    assert line == ["3000", "private", "node", PORT["url"]]
    assert api.run("ports", ID, "4000") == 0
    assert "Nothing listens there" in capsys.readouterr().out
    assert api.run("ports", ID, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"ports": [PORT]}


def test_a_port_is_shared(capsys: Capture) -> None:
    public = {**PORT, "visibility": "public", "listening": False, "process": ""}
    api = Api().on(f"PUT {ID}/ports/3000", {**view_of(), "ports": [public]})
    assert api.run("ports", ID, "3000", "--public") == 0
    assert api.requests[-1].body == {"visibility": "public"}
    assert capsys.readouterr().out.split()[:4] == ["3000", "public", "nothing", "listens"]


def test_what_a_port_speaks_is_set(capsys: Capture) -> None:
    api = Api().on(f"PUT {ID}/ports/3000", {**view_of(), "ports": [PORT]})
    assert api.run("ports", ID, "3000", "--protocol", "https") == 0
    assert api.requests[-1].body == {"protocol": "https"}
    assert capsys.readouterr().out.split()[0] == "3000"


def test_sharing_needs_a_port() -> None:
    with pytest.raises(CommandError) as refused:
        Api().run("ports", ID, "--public")
    with pytest.raises(CommandError, match="Say which port"):
        Api().run("ports", ID, "--protocol", "https")
    assert refused.value.code == USAGE


def test_what_it_opens_with_is_shown_and_chosen(capsys: Capture) -> None:
    api = Api().on(f"GET {ID}", view_of()).on(f"PATCH {ID}", {**view_of(), "ide": "terminal"})
    assert api.run("ide", ID) == 0
    assert capsys.readouterr().out == "  opens with vscode\n"
    assert api.run("ide", ID, "terminal", "--json") == 0
    assert api.requests[-1].body == {"ide": "terminal"}
    assert json.loads(capsys.readouterr().out) == {"ide": "terminal"}


def test_a_timeout_is_shown_and_set(capsys: Capture) -> None:
    idle = {"timeout": "", "active_at": None, "stops_at": None, "why_awake": "", "awake": []}
    api = Api().on(f"GET {ID}", {**view_of(), **idle})
    assert api.run("timeout", ID) == 0
    assert capsys.readouterr().out == "  timeout as by default\n"
    used = {
        "timeout": "2h",
        "active_at": 1.0,
        "stops_at": 7201.0,
        "why_awake": "x",
        "awake": ["npm test in terminal 2"],
    }
    api = Api().on(f"PUT {ID}/timeout", {**view_of(), **used})
    assert api.run("timeout", ID, "2h") == 0
    assert api.requests[-1].body == {"timeout": "2h"}
    assert "stops at 1970-01-01 02:00:01 UTC" in capsys.readouterr().out
    assert api.run("timeout", ID, "default", "--json") == 0
    assert api.requests[-1].body == {"timeout": ""}
    assert json.loads(capsys.readouterr().out) == used


def test_force_is_asked_for_in_words(capsys: Capture) -> None:
    api = Api().on(f"POST {ID}/stop", view_of("stopped")).on(f"DELETE {ID}", view_of("stopped"))
    assert api.run("stop", ID, "--force") == 0
    assert api.requests[-1].path.endswith("/stop?force=true")
    assert api.run("delete", ID, "--yes", "--force") == 0
    assert api.requests[-1].path.endswith(f"{ID}?force=true")
    assert api.run("delete", ID, "--yes") == 0
    assert api.requests[-1].path.endswith(ID)
    capsys.readouterr()


def test_an_image_is_told_with_what_pulls_it(capsys: Capture) -> None:
    told = {"image": "reg.localhost/x:latest", "user": "podium", "password": "instance.x"}
    api = Api().on(f"POST {ID}/image-token", (201, told))
    assert api.run("image", ID) == api.run("image", ID, "--json") == 0
    said = f"  reg.localhost/x:latest\n  user podium, password instance.x\n{json.dumps(told)}\n"
    assert capsys.readouterr().out == said
