"""`gp validate`."""

import argparse
import json

import pytest

from supervisor.cli.client import Client
from supervisor.cli.validate import validate
from tests.supervisor.cli.samples import supervisor

FAULT = {
    "line": 3,
    "field": "tasks[0].init",
    "cause": "is a list",
    "warning": False,
    "file": ".gitpod.yml",
}
LESS = {**FAULT, "field": "github", "cause": "is not followed", "warning": True}
TOLD = {"file": ".gitpod.yml", "faults": [], "unfollowed": [LESS], "tasks": 2, "ports": 1}


def run(folder, told, **found):
    named = {"json": False, "prebuild": False, "headless": False, "from": None, **found}
    with supervisor(folder, {"POST /v1/config/check": told}) as path:
        return validate(argparse.Namespace(**named), Client(path), {})


def test_a_file_without_faults_is_well(tmp_path, capsys):
    assert run(tmp_path, TOLD) == 0
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first == ".gitpod.yml:3: warning: github: is not followed"
    assert second == ".gitpod.yml has no faults: 2 tasks and 1 entries of ports are read from it."


def test_faults_are_an_exit_code(tmp_path, capsys):
    assert run(tmp_path, {**TOLD, "faults": [FAULT]}) == 1
    assert ".gitpod.yml:3: error: tasks[0].init: is a list\n" in capsys.readouterr().out
    assert run(tmp_path, {**TOLD, "faults": [FAULT]}, json=True) == 1
    assert json.loads(capsys.readouterr().out)["tasks"] == 2


def test_without_a_file_it_says_how_to_have_one(tmp_path, capsys):
    assert run(tmp_path, {**TOLD, "file": "", "unfollowed": []}) == 0
    assert "gp init" in capsys.readouterr().out


@pytest.mark.parametrize("wish", ["prebuild", "headless"])
def test_a_trial_run_is_not_there_yet(wish, tmp_path):
    assert run(tmp_path, TOLD, **{wish: True}) == 3
