"""`gp ports`."""

import argparse

from supervisor.cli.client import Client
from supervisor.cli.ports import show, wait
from tests.supervisor.cli.samples import ENVIRONMENT, supervisor

LISTENING = {
    "public": [3000],
    "ports": [{"port": 3000, "process": "node"}, {"port": 8000, "process": ""}],
}


def test_they_are_listed_with_their_addresses(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        assert show(argparse.Namespace(), Client(path), ENVIRONMENT) == 0
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first.split() == [
        "3000",
        "open",
        "(public)",
        "node",
        "http://3000-amber-otter-4k2hw9xz1q.ws.localhost:8080",
    ]
    assert "open (private)" in second


def test_an_empty_list_says_so(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": {"ports": [], "public": []}}) as path:
        show(argparse.Namespace(), Client(path), ENVIRONMENT)
    assert capsys.readouterr().out == "Nothing listens.\n"


def test_waiting_ends_when_it_listens(tmp_path):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        assert wait(argparse.Namespace(port=8000), Client(path), ENVIRONMENT) == 0
