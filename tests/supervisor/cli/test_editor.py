"""`gp open` and `gp preview`."""

import argparse

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.editor import open_files, preview, reachable
from tests.supervisor.cli.samples import ENVIRONMENT, supervisor

PORT = "amber-otter-4k2hw9xz1q.ws.localhost:8080"


def test_files_are_opened_by_their_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = []
    documents = {"POST /v1/ide/open": lambda said: sent.append(said) or {}}
    with supervisor(tmp_path, documents) as path:
        found = argparse.Namespace(files=["a.py", "/b"], wait=True)
        assert open_files(found, Client(path), ENVIRONMENT) == 0
    assert sent == [{"paths": [f"{tmp_path}/a.py", "/b"], "wait": True}]


def test_without_an_editor_a_script_is_told(tmp_path):
    with supervisor(tmp_path, {}) as path, pytest.raises(NotServed):
        open_files(argparse.Namespace(files=["a"], wait=False), Client(path), ENVIRONMENT)


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("localhost:3000", f"https://3000-{PORT}"),
        ("http://localhost:3000/a?b#c", f"http://3000-{PORT}/a?b#c"),
        ("https://example.org/x", "https://example.org/x"),
    ],
)
def test_an_address_is_shown_as_a_browser_reaches_it(address, led, tmp_path):
    sent = []
    documents = {"POST /v1/ide/preview": lambda said: sent.append(said) or {}}
    with supervisor(tmp_path, documents) as path:
        found = argparse.Namespace(address=address, external=True)
        assert preview(found, Client(path), ENVIRONMENT) == 0
    assert sent == [{"url": led, "external": True}]


@pytest.mark.parametrize("address", ["localhost.example.org", "http://127.0.0.10/", "a/localhost"])
def test_what_only_looks_like_localhost_stays(address):
    assert reachable(address, ENVIRONMENT) == address
