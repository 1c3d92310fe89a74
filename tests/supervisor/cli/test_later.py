"""What needs a later part says so."""

import argparse

from supervisor.cli.client import Client
from supervisor.cli.later import NOT_YET, idp, nothing, snapshot, trial


def test_it_is_said_with_what_helps_now_and_an_exit_code_of_its_own(capsys):
    nobody = (argparse.Namespace(), Client("none"), {})
    assert [snapshot(*nobody), idp(*nobody), trial("--prebuild")] == [NOT_YET] * 3
    told = capsys.readouterr().err.splitlines()
    assert told[0] == (
        "gp: Snapshots are not part of Podium yet. Push a branch to share what is here."
    )
    assert len(told) == 3
    assert nothing(*nobody) == 0
