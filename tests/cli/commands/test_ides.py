import json
from argparse import ArgumentParser
from typing import Any, cast

import pytest

from cli.commands.client import Client
from cli.commands.ides import add, show

TOLD = {
    "default": "vscode",
    "ides": [
        {"id": "vscode", "title": "VS Code", "kind": "browser", "ready": True}
        | {"experimental": False, "version": "1.139.1"},
        {"id": "zed", "title": "Zed", "kind": "desktop", "ready": True}
        | {"experimental": True, "version": ""},
        {"id": "jupyterlab", "title": "JupyterLab", "kind": "browser", "ready": False}
        | {"experimental": False, "version": ""},
    ],
}


class Api:
    """Answers with the catalogue."""

    def get(self, path: str) -> dict[str, Any]:
        assert path == "/api/v1/ides"
        return TOLD


def test_they_are_listed_with_what_there_is_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    client = cast("Client", Api())
    assert show(client, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["vscode", "zed", "jupyterlab"]
    assert lines[0].endswith("browser, 1.139.1, default")
    assert lines[1].endswith("desktop, experimental")
    assert lines[2].endswith("browser, not built here yet")
    assert show(client, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == TOLD


def test_one_is_built_by_name_and_version() -> None:
    parser = ArgumentParser()
    add(parser)
    assert parser.parse_args(["build", "code@4.139.1"]).package == "code@4.139.1"
