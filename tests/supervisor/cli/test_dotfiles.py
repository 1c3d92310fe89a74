"""`gp dotfiles install`."""

import argparse
import json

import pytest

from supervisor.cli.client import Client, NotServed
from supervisor.cli.dotfiles import install
from tests.supervisor.cli.samples import supervisor

AGAIN = "POST /v1/dotfiles/install"


def run(folder, answer, *, as_json=False):
    with supervisor(folder, {AGAIN: lambda _sent: answer}) as path:
        return install(argparse.Namespace(json=as_json), Client(path), {})


def test_what_came_of_it_is_said(tmp_path, capsys):
    assert run(tmp_path, {"said": "install.sh ran for 2 s.", "failed": False}) == 0
    assert capsys.readouterr().out.splitlines()[0] == "install.sh ran for 2 s."
    failed = {"said": "install.sh ended with 3: no", "failed": True}
    assert run(tmp_path, failed, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == failed


def test_where_there_are_none_it_is_refused(tmp_path):
    with pytest.raises(NotServed, match="404"):
        run(tmp_path, None)
