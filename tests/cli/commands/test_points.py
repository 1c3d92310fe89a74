"""`podium workspace points`, by what it asks of the API, prints, writes and returns."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import points
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of

Capture = pytest.CaptureFixture[str]
GONE = "amber-otter-0000000000"
WAITS = "calm-finch-t5p8d3k6ya"


def point(name: str, state: str = "done", **more: Any) -> dict[str, Any]:
    usual = {"made": 0.0, "reason": "stop", "files": 2, "size": 5, "files_new": 1}
    rest = {"files_changed": 0, "pinned": False, "problem": None, "progress": None}
    return {"id": name, "state": state, **usual, **rest, **more}


POINTS = [
    point("rp-b", "failed", problem={"title": "The disk is full"}),
    point("rp-aa", size=501_297_744, files_changed=3, pinned=True),
    point("rp-ab"),
    point("rp-w", "working", progress={"text": "writing", "done": 2_000_000, "total": 8_000_000}),
    point("rp-v", "working", progress={"text": "looking for changes", "done": 0, "total": 0}),
]
FILES = [
    {"name": "a b.txt", "path": "workspace/a%20b.txt", "kind": "file"},
    {"name": "src", "path": "workspace/src", "kind": "folder"},
]


class Api:
    def __init__(self) -> None:
        self.requests: list[Request] = []

    def answer(self, request: Request) -> tuple[int, Any]:
        path = request.path.removeprefix("/api/v1")
        if path == "/workspaces":
            return 200, {"workspaces": [view_of("stopped")]}
        if path == "/deleted-workspaces":
            deleted = {"id": GONE, "name": "demo", "until": 0.0, "points": 2}
            made = {**deleted, "pending": False, "problem": None}
            full = {"title": "There is no space for the backup"}
            return 200, {
                "workspaces": [made, {**made, "id": WAITS, "pending": True, "problem": full}]
            }
        if "/download" in path:
            return 200, b"bytes"
        if "/files" in path:
            more = {"size": 1, "modified": 0.0, "target": ""}
            return 200, {"path": "", "files": [{**one, **more} for one in FILES]}
        if path.endswith("/points") and request.method == "GET":
            return 200, {"points": POINTS, "backup": None}
        if request.method == "PATCH" or path.endswith("/points"):
            return 200, point("rp-new", "wanted")
        return 200, view_of("stopped")

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            try:
                return points.run(client, parser().parse_args(["workspace", *words]))
            finally:
                self.requests = server.requests

    @property
    def last(self) -> tuple[str, str]:
        return self.requests[-1].method, self.requests[-1].path.removeprefix("/api/v1/workspaces")


def test_points_are_listed_with_what_has_changed(capsys: Capture) -> None:
    api = Api()
    assert api.run("points", "list", ID[:5]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "failed: The disk is full" in lines[0]
    assert "501.3 MB, 1 new, 3 changed, pinned" in lines[1]
    assert api.run("points", "list", ID, "--json") == 0
    assert json.loads(capsys.readouterr().out)["points"] == POINTS


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("make", ID), ("POST", "")),
        (("restore", ID, "rp-ab"), ("POST", "/rp-ab/restore")),
        (("restore", ID, "latest"), ("POST", "/rp-aa/restore")),
        (("new", ID, "rp-ab", "--name", "again"), ("POST", "/rp-ab/workspace")),
        (("pin", ID, "rp-ab"), ("PATCH", "/rp-ab")),
        (("unpin", ID, "rp-ab"), ("PATCH", "/rp-ab")),
        (("files", ID, "rp-ab", "workspace"), ("GET", "/rp-ab/files?path=workspace")),
    ],
)
def test_each_command_asks_one_thing(
    words: tuple[str, ...], asked: tuple[str, str], capsys: Capture
) -> None:
    api = Api()
    assert api.run("points", *words) == 0
    assert api.last == (asked[0], f"/{ID}/points{asked[1]}")
    assert capsys.readouterr().out


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    api = Api()
    assert api.run("points", "download", ID, "rp-ab", "workspace/a b.txt") == 0
    assert (tmp_path / "a b.txt").read_bytes() == b"bytes"
    assert api.last[1].endswith("/download?format=file&path=workspace%2Fa%2520b.txt")
    assert "5 bytes" in capsys.readouterr().out
    with pytest.raises(CommandError, match="exists already"):
        api.run("points", "download", ID, "rp-ab", "workspace/a b.txt")
    assert api.run("points", "download", ID, "rp-ab", "workspace/src") == 0
    assert api.run("points", "download", ID, "rp-ab", "--format", "zip", "-o", "all.zip") == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a b.txt", "all.zip", "src.tar.zst"]


def test_what_is_deleted_is_listed_and_brought_back(capsys: Capture) -> None:
    api = Api()
    assert api.run("deleted") == 0
    gone, waits = capsys.readouterr().out.splitlines()
    assert GONE in gone
    assert "pending" not in gone
    assert waits.endswith("its last one pending: There is no space for the backup")
    assert api.run("undelete", GONE[:6]) == 0
    assert api.requests[-1].path == f"/api/v1/deleted-workspaces/{GONE}/restore"
    assert api.run("points", "list", GONE) == 0
    assert api.run("free", WAITS) == 0
    assert (api.requests[-1].method, api.last[1]) == ("DELETE", f"/{WAITS}?force=true")
    with pytest.raises(CommandError):
        api.run("free", GONE)  # nothing of it waits


def test_what_is_meant_must_be_one() -> None:
    for words, why in (
        (("points", "restore", ID, "rp-a"), "rp-a is the beginning of several ids"),
        (("points", "pin", ID, "x"), "There is no restore point x"),
        (("undelete", "x"), "There is no deleted workspace x"),
    ):
        with pytest.raises(CommandError, match=why):
            Api().run(*words)
    with pytest.raises(CommandError):
        Api().run("points", "list", "none")
