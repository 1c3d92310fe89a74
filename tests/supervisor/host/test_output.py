"""Running a command and keeping what it said."""

import os
import signal

import pytest

from supervisor.host.output import output_of, told_by
from supervisor.host.reaper import Reaper

ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.fixture
async def reaper() -> Reaper:
    made = Reaper()
    made.install()
    return made


async def test_exit_code_and_both_outputs(reaper, account):
    script = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    assert await output_of(script, reaper, account, ENVIRONMENT, cwd="/") == (3, b"out\nerr\n")


async def test_only_the_end_of_much_output_is_kept(reaper, account):
    script = ["sh", "-c", "head -c 300000 /dev/zero; echo end"]
    _code, said = await output_of(script, reaper, account, ENVIRONMENT, keep=10)
    assert said == b"\0" * 6 + b"end\n"


async def test_what_takes_too_long_is_killed(reaper, account):
    code, _said = await output_of(["sleep", "600"], reaper, account, ENVIRONMENT, seconds=0.1)
    assert code == -signal.SIGKILL


async def test_what_cannot_be_executed_raises(reaper, account):
    with pytest.raises(OSError, match="No such file"):
        await output_of(["/no/command"], reaper, account, ENVIRONMENT)


async def test_output_is_given_in_pieces_and_complaints_apart(reaper, account):
    taken: list[bytes] = []
    script = ["sh", "-c", "head -c 300000 /dev/zero; echo wrong >&2; nice; exit 3"]
    code, complaints = await told_by(
        script, reaper, account, ENVIRONMENT, taken.append, cwd="/", seconds=60.0
    )
    assert (code, complaints) == (3, b"wrong\n")
    assert b"".join(taken) == b"\0" * 300_000 + b"19\n"


async def test_a_look_is_given_up_too(reaper, account):
    command = ["sleep", "600"]
    code, _said = await told_by(
        command, reaper, account, ENVIRONMENT, lambda _data: None, seconds=0.1
    )
    assert code == -signal.SIGKILL
    with pytest.raises(OSError, match="No such file"):
        await told_by(["/no"], reaper, account, ENVIRONMENT, lambda _data: None, seconds=1.0)
