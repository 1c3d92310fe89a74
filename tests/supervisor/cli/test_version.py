"""`gp version`."""

import argparse

from supervisor.cli.client import Client
from supervisor.cli.version import show


def test_it_says_what_is_spoken(capsys):
    for json in (False, True):
        assert show(argparse.Namespace(json=json), Client("none"), {}) == 0
    assert capsys.readouterr().out == 'gp of Podium, protocol 1\n{"protocol": 1}\n'
