"""`gp tasks stop`."""

import argparse

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.tasks import stop
from tests.supervisor.cli.samples import supervisor

TASKS = {
    "tasks": [
        {"id": "task-1", "name": "API", "open": True},
        {"id": "task-2", "name": "Web", "open": True},
        {"id": "task-3", "name": "Old", "open": False},
    ]
}


def run(folder, **found):
    sent = []
    documents = {"/v1/tasks": TASKS}
    for one in ("task-1", "task-2"):
        documents[f"POST /v1/tasks/{one}/stop"] = lambda said, one=one: (
            sent.append((one, said)) or {}
        )
    named = {"id": None, "all": False, "force_success": False, **found}
    with supervisor(folder, documents) as path:
        assert stop(argparse.Namespace(**named), Client(path), {}) == 0
    return sent


def test_one_or_all_are_stopped(tmp_path, capsys):
    assert run(tmp_path, id="task-2", force_success=True) == [("task-2", {"success": True})]
    assert [one for one, _ in run(tmp_path, all=True)] == ["task-1", "task-2"]
    assert capsys.readouterr().out.splitlines()[0] == "task-2 (Web) ends."


@pytest.mark.parametrize(
    ("found", "said"), [({}, r"Which one\? task-1 \(API\), "), ({"id": "x"}, "no open task x")]
)
def test_what_is_not_clear_is_asked(found, said, tmp_path):
    with pytest.raises(NotServed, match=said):
        run(tmp_path, **found)
