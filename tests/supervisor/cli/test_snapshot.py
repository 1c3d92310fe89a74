"""`gp snapshot`."""

import argparse

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.snapshot import snapshot
from tests.supervisor.cli.samples import supervisor

FOUND = argparse.Namespace(name="", access="link", lasts="720h")
URL = "http://podium.localhost/#snapshot/s1"


def said(state, problem=""):
    return {"id": "s1", "url": URL, "state": state, "problem": problem}


def test_it_waits_until_it_is_made_and_prints_the_link(tmp_path, capsys):
    documents = {"POST /v1/snapshots": said("wanted"), "/v1/snapshots/s1": said("done")}
    rests = []
    with supervisor(tmp_path, documents) as path:
        assert snapshot(FOUND, Client(path), {}, rests.append) == 0
    assert capsys.readouterr().out == f"{URL}\n"
    assert len(rests) == 1


def test_one_that_cannot_be_made_is_told(tmp_path):
    documents = {"POST /v1/snapshots": said("failed", "The disk is full")}
    with (
        supervisor(tmp_path, documents) as path,
        pytest.raises(NotServed, match="The disk is full"),
    ):
        snapshot(FOUND, Client(path), {})
