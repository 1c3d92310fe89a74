"""All terminals, by id."""

import signal

import pytest

from supervisor.host.reaper import Reaper
from supervisor.host.terminals import Terminals

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
async def terminals(account):
    reaper = Reaper()
    reaper.install()
    made = Terminals(reaper, account, lambda: told.append(1))
    told: list[int] = []
    made.told_changes = told
    yield made
    for one in made.alive:
        one.running.signal_group(signal.SIGKILL)
        await one.running.exited


async def test_they_are_opened_found_and_told(terminals, tmp_path):
    assert terminals.get("main") is None
    opened = terminals.open("main", str(tmp_path), ENVIRONMENT)
    assert terminals.get("main") is opened
    assert terminals.alive == [opened]
    assert len(terminals) == 1
    assert terminals.told_changes == [1]
    assert terminals.told() == [{"id": "main", "pid": opened.pid, "offset": 0, "alive": True}]


async def test_one_that_has_ended_is_still_found(terminals, tmp_path):
    opened = terminals.open("one", str(tmp_path), ENVIRONMENT, ["/bin/sh", "-c", "exit 2"])
    assert await opened.running.exited == 2
    assert terminals.alive == []
    assert terminals.get("one") is opened


async def test_what_cannot_start_is_none(terminals, tmp_path, capsys):
    assert terminals.open("one", str(tmp_path), ENVIRONMENT, ["/no/shell"]) is None
    assert "terminal_not_opened" in capsys.readouterr().err
    assert terminals.told() == []
