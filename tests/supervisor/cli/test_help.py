"""`gp help`."""

import argparse

import pytest

from supervisor.cli.client import Client
from supervisor.cli.help import show


@pytest.mark.parametrize(
    ("words", "said"),
    [([], "usage: gp [-h]"), (["ports"], "usage: gp ports"), (["open"], "usage: gp open")],
)
def test_it_says_what_the_option_says(words, said, capsys):
    assert show(argparse.Namespace(command=words), Client("none"), {}) == 0
    assert capsys.readouterr().out.startswith(said)


def test_an_unknown_command_is_told(capsys):
    assert show(argparse.Namespace(command=["unknown"]), Client("none"), {}) == 2
    assert "invalid choice" in capsys.readouterr().err
