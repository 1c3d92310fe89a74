"""`podium workspace archive`, by what it asks of the API, prints and returns."""

import json
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import archiving
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

Capture = pytest.CaptureFixture[str]


def at(archived_at: float | None, *, archived: bool = False) -> dict[str, Any]:
    return {**view_of("stopped"), "archived_at": archived_at, "archived": archived}


def run(views: list[dict[str, Any]], *words: str) -> int:
    left = list(views)

    def answer(request: Request) -> tuple[int, Any]:
        if request.path == "/api/v1/workspaces":
            return 200, {"workspaces": [view_of("stopped")]}
        if request.method == "POST":
            assert request.path == f"/api/v1/workspaces/{ID}/archive"
            return 202, at(5.0)
        return 200, left.pop(0)

    with serving(answer) as server:
        client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
        return archiving.run(client, parser().parse_args(["workspace", "archive", ID, *words]))


def test_it_is_wished_for_or_waited_for(capsys: Capture) -> None:
    assert run([]) == 0
    assert capsys.readouterr().out == f"  {ID} is archiving.\n"
    assert run([at(5.0), at(5.0, archived=True)], "--wait") == 0
    assert capsys.readouterr().out == f"  {ID} is archived.\n"
    assert run([], "--json") == 0
    assert json.loads(capsys.readouterr().out)["archived_at"] == 5.0


def test_one_that_stays_after_all_is_told() -> None:
    with pytest.raises(CommandError, match="is not archived"):
        run([at(5.0), at(None)], "--wait")
