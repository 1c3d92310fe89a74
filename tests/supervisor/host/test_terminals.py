"""All terminals, by id."""

import signal

import pytest

from supervisor.core.opening import Opening
from supervisor.host import terminals as module
from supervisor.host.reaper import Reaper
from supervisor.host.terminals import Terminals, TooMany
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
async def terminals(account, tmp_path):
    reaper = Reaper()
    reaper.install()
    told: list[int] = []
    made = Terminals(reaper, account, lambda: told.append(1), kept=str(tmp_path))
    made.told_changes = told
    yield made
    for one in made.alive:
        one.running.signal_group(signal.SIGKILL)
    await until(lambda: not made.alive)


async def test_they_are_opened_found_and_told(terminals, tmp_path):
    assert terminals.get("main") is None
    opened = terminals.open("main", str(tmp_path), ENVIRONMENT)
    assert terminals.get("main") is opened
    assert terminals.alive == [opened]
    assert len(terminals) == 1
    assert terminals.told_changes == [1]
    assert terminals.told() == [{"id": "main", "pid": opened.pid, "offset": 0, "alive": True}]
    assert [(one.id, one.task) for one in terminals.listed()] == [("main", "")]


async def test_one_that_has_ended_is_still_found(terminals, tmp_path):
    opened = terminals.open("one", str(tmp_path), ENVIRONMENT, ["/bin/sh", "-c", "exit 2"])
    assert await opened.running.exited == 2
    assert terminals.alive == []
    assert terminals.get("one") is opened


async def test_another_of_the_same_id_has_a_life_of_its_own(terminals, tmp_path, capsys):
    first = terminals.open("main", str(tmp_path), ENVIRONMENT, ["/bin/true"])
    await until(first.ended.is_set)
    second = terminals.open("main", str(tmp_path), ENVIRONMENT)
    assert terminals.get("main") is second
    assert first.life != second.life
    assert first.closed


async def test_a_shell_that_is_closed_at_once_has_no_broken_startup_files(terminals, tmp_path):
    opened = terminals.open("main", str(tmp_path), ENVIRONMENT)
    terminals.close(opened)
    await until(opened.ended.is_set)
    again = terminals.open("main", str(tmp_path), ENVIRONMENT)
    assert again.facts.command[-1] == "-l"


async def test_what_cannot_start_is_none(terminals, tmp_path, capsys):
    assert terminals.open("one", str(tmp_path), ENVIRONMENT, ["/no/shell"]) is None
    assert "terminal_not_opened" in capsys.readouterr().err
    assert terminals.told() == []


async def test_asked_for_one_begins_where_it_was_asked(terminals, tmp_path):
    asked = Opening(
        command=["/bin/sh", "-c", 'echo "$A $B $PWD-"; sleep 600'],
        cwd="/usr",
        env={"B": "2"},
        annotations={"a": "1"},
        title="Try",
    )
    opened = terminals.create(asked, str(tmp_path), {**ENVIRONMENT, "A": "1"}, {"a": "2", "b": "3"})
    await until(lambda: b"1 2 /usr-" in opened.history.since(0)[1])
    told = opened.listed()
    assert (told.annotations, told.given_title) == ({"a": "1", "b": "3"}, "Try")
    other = terminals.create(Opening(), str(tmp_path), ENVIRONMENT)
    await until(lambda: other.listed().cwd == str(tmp_path))
    assert other.id != opened.id
    nowhere = terminals.create(Opening(), str(tmp_path / "none"), ENVIRONMENT)
    await until(lambda: nowhere.listed().cwd in {"/workspace", "/"})


async def test_closed_it_is_hung_up_and_forgotten_once_it_has_ended(terminals, tmp_path, capsys):
    opened = terminals.open("one", str(tmp_path), ENVIRONMENT, ["/bin/sleep", "600"])
    await until(lambda: opened.look().name == "sleep")  # no signal before it is itself
    terminals.close(opened)
    assert terminals.get("one") is opened
    await until(lambda: terminals.get("one") is None)
    assert opened.exit() == {"code": 129, "signal": "SIGHUP"}
    assert opened.closed


async def test_of_those_that_ended_by_themselves_some_are_kept(terminals, tmp_path, capsys):
    made = [
        terminals.open(str(number), str(tmp_path), ENVIRONMENT, ["/bin/true"], task=task)
        for number, task in enumerate(["", "Build", *[""] * (module.MOST_ENDED + 1)])
    ]
    await until(lambda: all(one.ended.is_set() for one in made))
    assert len(terminals) == module.MOST_ENDED + 1
    assert terminals.get("1") is made[1]


async def test_there_is_a_bound(terminals, tmp_path, capsys):
    for number in range(module.MOST):
        terminals.open(str(number), str(tmp_path), ENVIRONMENT, ["/bin/sleep", "600"])
    with pytest.raises(TooMany):
        terminals.create(Opening(), str(tmp_path), ENVIRONMENT)
