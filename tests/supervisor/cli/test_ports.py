"""`gp ports`."""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.ports import protocol, show, visibility, wait
from tests.supervisor.cli.samples import ENVIRONMENT, supervisor

CHECKOUT = Path(__file__).resolve().parents[3]
LISTENING = {
    "public": [3000],
    "ports": [
        {"port": 3000, "process": "node", "served": True, "name": "", "description": ""},
        {"port": 8000, "process": "", "served": True, "name": "Docs", "description": ""},
        {"port": 9000, "process": "", "served": False, "name": "API", "description": "of the shop"},
    ],
}


class Later(dict[str, Any]):
    """Documents in which a port is served once somebody has asked; `asked` is set by then."""

    def __init__(self) -> None:
        super().__init__({"/v1/ports": {**LISTENING, "ports": []}})
        self.asked = threading.Event()

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name, default)
        self["/v1/ports"] = LISTENING
        self.asked.set()
        return found


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
    assert second.endswith("  Docs")
    assert "not served (private)" in third
    assert third.endswith("  API: of the shop")


def test_an_empty_list_says_so(tmp_path, capsys):
    with supervisor(tmp_path, {"/v1/ports": {"ports": [], "public": []}}) as path:
        show(argparse.Namespace(json=False), Client(path), ENVIRONMENT)
    assert capsys.readouterr().out == "Nothing listens.\n"


def test_waiting_ends_when_it_listens(tmp_path):
    with supervisor(tmp_path, {"/v1/ports": LISTENING}) as path:
        assert wait(argparse.Namespace(port=8000), Client(path), ENVIRONMENT) == 0
    documents = Later()
    with supervisor(tmp_path, documents) as path:
        assert wait(argparse.Namespace(port=8000), Client(path), ENVIRONMENT) == 0
    assert documents["/v1/ports"] is LISTENING


@pytest.mark.parametrize("words", [["await-port", "9000"], ["ports", "await", "9000"]])
def test_waiting_is_interrupted_with_an_exit_code_of_its_own(words, tmp_path):
    documents = Later()
    with supervisor(tmp_path, documents) as path:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "supervisor.cli", *words],
            env={**os.environ, **ENVIRONMENT, "PODIUM_LOCAL_SOCKET": path},
            cwd=CHECKOUT,
            stderr=subprocess.PIPE,
        )
        try:
            assert documents.asked.wait(30)
            waiting.send_signal(signal.SIGINT)
            assert waiting.communicate(timeout=60)[1] == b""
        finally:
            waiting.kill()
    assert waiting.returncode == 130


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
