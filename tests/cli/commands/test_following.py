"""Long polls against a server that plays a workspace's life."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cli.commands import following
from cli.commands.client import ApiProblem, Client, Endpoint
from cli.commands.following import follow, follow_to_the_end, instance_of, path_of
from tests.cli.answers import Server, serving
from tests.cli.commands.views import ID, view_of

Play = Callable[..., AbstractContextManager[Server]]
GONE = (404, {"code": "workspace_unknown", "title": "There is no such workspace"})
AWAY = (503, {"code": "server_away", "title": "The server is not answering"})


def playing(*answers: Any) -> AbstractContextManager[Server]:
    """Serve views (or status and body) one after the other."""
    rest = iter(answers)

    def answer(_request: Any) -> tuple[int, Any]:
        said = next(rest)
        return said if isinstance(said, tuple) else (200, said)

    return serving(answer)


def client_of(server: Server) -> Client:
    return Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")


def life(*phases: str) -> Iterable[dict[str, Any]]:
    return [view_of(phase, version=number + 2) for number, phase in enumerate(phases)]


def test_a_start_is_followed_to_its_end_from_version_to_version() -> None:
    shown: list[str] = []
    with playing(*life("creating", "initializing", "running")) as server:
        first = view_of("preparing", version=1)
        last = follow(client_of(server), first, "running", lambda one: shown.append(one["phase"]))
    assert last["phase"] == "running"
    assert shown == ["preparing", "creating", "initializing", "running"]
    paths = [one.path for one in server.requests]
    assert paths == [f"{path_of(ID)}?after={number}&wait=25" for number in (1, 2, 3)]


def test_a_start_that_fails_is_waited_for_until_it_has_stopped() -> None:
    with playing(*life("creating", "stopping", "stopped")) as server:
        last = follow(client_of(server), view_of("preparing"), "running", lambda _one: None)
    assert last["phase"] == "stopped"


def test_a_stop_is_over_when_somebody_has_started_it_again() -> None:
    with playing(view_of("preparing", n=2, version=5)) as server:
        last = follow(client_of(server), view_of("stopping", n=1), "stopped", lambda _one: None)
    assert instance_of(last) == f"{ID}.2"


def test_a_server_that_is_away_for_a_moment_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.001)
    with playing(AWAY, (502, b""), *life("running")) as server:
        last = follow(client_of(server), view_of("creating"), "running", lambda _one: None)
    assert last["phase"] == "running"


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATIENCE", 0.0)
    monkeypatch.setattr(following, "PAUSE", 0.001)
    with playing(*[AWAY] * 100) as server, pytest.raises(ApiProblem) as told:
        follow(client_of(server), view_of("creating"), "running", lambda _one: None)
    assert told.value.code == 3


def test_gone_is_gone() -> None:
    with playing(view_of("stopping", version=2, deleting=True), GONE) as server:
        follow_to_the_end(client_of(server), view_of("stopping", deleting=True))
    with playing(GONE) as server, pytest.raises(ApiProblem, match="no such workspace"):
        follow(client_of(server), view_of("creating"), "running", lambda _one: None)


def test_another_refusal_is_not_taken_for_gone() -> None:
    with playing((401, {"title": "Sign in first"})) as server, pytest.raises(ApiProblem):
        follow_to_the_end(client_of(server), view_of("stopping", deleting=True))


def test_an_id_never_leaves_its_place_in_the_path() -> None:
    assert path_of("../tokens?x=1") == "/api/v1/workspaces/..%2Ftokens%3Fx%3D1"
