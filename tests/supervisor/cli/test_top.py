"""`gp top`."""

import argparse
import json

from supervisor.cli.client import Client
from supervisor.cli.top import resources, severity, top
from tests.supervisor.cli.samples import supervisor
from wire.usage import Usage


def test_it_is_measured(capsys):
    assert top(argparse.Namespace(json=True), Client("none"), {}) == 0
    assert json.loads(capsys.readouterr().out)["resources"]["memory"]["used"] >= 0
    top(argparse.Namespace(json=False), Client("none"), {})
    assert [row.split()[0] for row in capsys.readouterr().out.splitlines()[1:]] == [
        *("Processor", "Memory", "Processes"),
    ]


def test_units_are_gitpods():
    usage = Usage(cpu=0.5, cores=2.0, memory=100, memory_limit=200)
    found = resources(usage)["resources"]
    assert found["cpu"] == {"used": 500, "limit": 2000, "severity": "normal"}
    assert found["memory"] == {"used": 100, "limit": 200, "severity": "normal"}


def test_near_a_limit_is_said():
    assert [severity(one, 100) for one in (79, 80, 95)] == ["normal", "warning", "danger"]
    assert severity(5, 0) == "normal"


def test_warnings_and_what_was_killed_are_told(tmp_path, capsys):
    told = {"warnings": ["92% of the memory is in use."], "killed": "tail was killed: why."}
    with supervisor(tmp_path, {"/v1/resources": told}) as path:
        top(argparse.Namespace(json=False), Client(path), {})
        assert capsys.readouterr().out.splitlines()[-2:] == [*told["warnings"], told["killed"]]
        top(argparse.Namespace(json=True), Client(path), {})
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in told} == told
