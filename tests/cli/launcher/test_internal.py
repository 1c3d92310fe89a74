from pathlib import Path, PurePosixPath

import pytest

from cli.launcher.internal import ask
from cli.problems import NOT_REACHABLE, CommandError
from tests.cli.answers import serving_unix
from wire.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(*(PurePosixPath(tmp_path / name) for name in ("home", "cache", "run")))
    Path(found.server_run).mkdir(parents=True)
    return found


def test_an_answer_is_its_json(layout: Layout) -> None:
    with serving_unix(str(layout.internal_socket), lambda _one: (201, {"token": "t"})) as server:
        assert ask(layout, "POST", "/internal/tokens", {"name": "cli"}) == {"token": "t"}
    assert server.requests[0].body == {"name": "cli"}
    assert server.requests[0].path == "/internal/tokens"


def test_a_problem_is_told_as_it_stands(layout: Layout) -> None:
    problem = {"title": "No owner yet", "detail": "It was never made.", "cure": "Wait."}
    with (
        serving_unix(str(layout.internal_socket), lambda _one: (409, problem)),
        pytest.raises(CommandError) as told,
    ):
        ask(layout, "POST", "/internal/login-links")
    assert (told.value.title, told.value.cause, told.value.cure) == tuple(problem.values())
    assert told.value.code == 1


def test_a_server_that_is_not_there_is_not_reachable(layout: Layout) -> None:
    with pytest.raises(CommandError) as told:
        ask(layout, "GET", "/internal/health")
    assert told.value.code == NOT_REACHABLE


@pytest.mark.parametrize("said", [b"<html>", b""])
def test_nonsense_is_no_answer(layout: Layout, said: bytes) -> None:
    with (
        serving_unix(str(layout.internal_socket), lambda _one: (502, said)),
        pytest.raises(CommandError),
    ):
        ask(layout, "GET", "/internal/health")
