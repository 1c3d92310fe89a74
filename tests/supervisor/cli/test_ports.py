"""`gp ports`."""

import argparse
import json

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.ports import protocol, show, visibility, wait
from tests.supervisor.cli.samples import ENVIRONMENT, supervisor

LISTENING = {
    "public": [3000],
    "ports": [
        {"port": 3000, "process": "node", "served": True},
        {"port": 8000, "process": "", "served": True},
        {"port": 9000, "process": "", "served": False},
    ],
}


def test_they_are_listed_with_their_addresses(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        assert show(argparse.Namespace(json=False), Client(path), ENVIRONMENT) == 0
    first, second, third = capsys.readouterr().out.splitlines()[1:]
    assert first.split() == [
        "3000",
        "open",
        "(public)",
        "node",
        "http://3000-amber-otter-4k2hw9xz1q.ws.localhost:8080",
    ]
    assert "open (private)" in second
    assert "not served (private)" in third


def test_an_empty_list_says_so(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": {"ports": [], "public": []}}) as path:
        show(argparse.Namespace(json=False), Client(path), ENVIRONMENT)
    assert capsys.readouterr().out == "Nothing listens.\n"


def test_waiting_ends_when_it_listens(tmp_path):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        assert wait(argparse.Namespace(port=8000), Client(path), ENVIRONMENT) == 0


def test_scripts_get_documents(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        show(argparse.Namespace(json=True), Client(path), ENVIRONMENT)
    first, second, _third = json.loads(capsys.readouterr().out)
    assert (first["port"], first["visibility"], second["visibility"]) == (3000, "public", "private")
    assert first["url"].startswith("http://3000-amber")


def test_visibility_and_protocol_are_asked_for(tmp_path, capsys):
    sent = []
    documents = {"PUT /v1/ports/3000": lambda said: sent.append(said) or {}}
    with supervisor(tmp_path, documents) as path:
        visibility(argparse.Namespace(wish="3000:public"), Client(path), ENVIRONMENT)
        protocol(argparse.Namespace(wish="3000:https"), Client(path), ENVIRONMENT)
    assert sent == [{"visibility": "public"}, {"protocol": "https"}]
    assert capsys.readouterr().out == "Port 3000 is public.\nPort 3000 is asked in https.\n"


@pytest.mark.parametrize("wish", ["3000", "x:public", "3000:open", ":private"])
def test_a_wish_that_is_none_is_refused(wish, tmp_path):
    with pytest.raises(NotServed, match=r"<port>:private\|public"):
        visibility(argparse.Namespace(wish=wish), Client(str(tmp_path)), ENVIRONMENT)
