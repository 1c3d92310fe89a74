"""Tasks and the startup files before them."""

import signal

import pytest

from supervisor.core.startup import GRACE, PATIENCE, Ask, Startup


def asked(startup: Startup, now: float, *, begun: bool = False, code: int | None = None) -> str:
    return startup.look(now, begun=begun, code=code).name


def test_it_waits_so_long_then_interrupts_then_begins_anew():
    startup = Startup(100.0)
    assert asked(startup, 100 + PATIENCE - 1) == "NOTHING"
    assert asked(startup, 100 + PATIENCE) == "INTERRUPT"
    assert asked(startup, 100 + PATIENCE + GRACE - 1) == "NOTHING"
    assert not startup.through
    assert asked(startup, 100 + PATIENCE + GRACE) == "ANEW"
    assert startup.through
    assert asked(startup, 9999) == "NOTHING"


@pytest.mark.parametrize("late", [False, True])
def test_once_the_task_has_begun_nothing_is_asked(late):
    startup = Startup(0.0)
    if late:
        startup.look(PATIENCE, begun=False, code=None)
    assert asked(startup, PATIENCE + 1, begun=True) == "NOTHING"
    assert startup.through


def test_a_shell_that_leaves_by_itself_is_replaced():
    assert asked(Startup(0.0), 0.1, code=0) == "ANEW"
    assert asked(Startup(0.0), 0.1, code=3) == "ANEW"


def test_a_shell_that_somebody_has_ended_is_not():
    startup = Startup(0.0)
    assert asked(startup, 0.1, code=-signal.SIGHUP) == "NOTHING"
    assert startup.through


def test_one_that_came_through_as_it_was_asked_has_ended_of_that():
    startup = Startup(0.0)
    startup.look(PATIENCE, begun=False, code=None)
    assert asked(startup, PATIENCE, begun=True, code=-signal.SIGUSR1) == "ANEW"


def test_a_shell_that_reads_none_and_one_that_is_left_are_not_looked_at():
    assert Startup(0.0, plain=True).through
    startup = Startup(0.0)
    startup.leave()
    assert asked(startup, 9999) == Ask.NOTHING.name
