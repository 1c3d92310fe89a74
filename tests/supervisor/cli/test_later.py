"""What needs a later part says so."""

import argparse

from supervisor.cli.client import Client
from supervisor.cli.later import NOT_YET, idp, nothing, trial


def test_it_is_said_with_what_helps_now_and_an_exit_code_of_its_own(capsys):
    nobody = (argparse.Namespace(), Client("none"), {})
    assert [idp(*nobody), trial("--prebuild")] == [NOT_YET] * 2
    told = capsys.readouterr().err.splitlines()
    assert told[0] == (
        "gp: Identity tokens are not part of Podium yet. Sign in to the cloud with its own tool."
    )
    assert len(told) == 2
    assert nothing(*nobody) == 0
