"""`gp env`."""

import argparse
import json
import subprocess

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.env import env
from tests.supervisor.cli.samples import supervisor

VALUES = {"B": "two; $(words)", "A": "it's"}


def run(folder, *words, **found):
    sent = []
    named = {"unset": False, "export": False, "json": False, "scope": "repo", **found}
    documents = {
        "/v1/variables": {"variables": VALUES},
        "PUT /v1/variables": lambda said: sent.append(said) or {},
        "POST /v1/variables/unset": lambda said: sent.append(said) or {},
    }
    with supervisor(folder, documents) as path:
        assert env(argparse.Namespace(words=list(words), **named), Client(path), {}) == 0
    return sent


def test_they_are_shown_for_people_shells_and_scripts(tmp_path, capsys):
    run(tmp_path)
    assert capsys.readouterr().out == "A=it's\nB=two; $(words)\n"
    run(tmp_path, json=True)
    assert json.loads(capsys.readouterr().out) == VALUES
    run(tmp_path, export=True)
    lines = capsys.readouterr().out
    done = subprocess.run(
        ["bash", "-c", 'eval "$1"; printf "%s|%s" "$A" "$B"', "bash", lines],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "it's|two; $(words)"


def test_they_are_set_and_unset(tmp_path):
    assert run(tmp_path, 'A="b c"', "D=e\\ f") == [{"variables": {"A": "b c", "D": "e f"}}]
    assert run(tmp_path, "A", unset=True) == [{"names": ["A"]}]


def test_what_counts_everywhere_is_not_set_from_inside_a_repository(tmp_path):
    with pytest.raises(NotServed, match="only you"):
        run(tmp_path, "A=b", scope="user")
