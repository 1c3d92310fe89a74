"""Beats are counted, and programs at work told from those that wait."""

from supervisor.core.idle import AT_WORK, BEAT_EVERY, Process, Pulse, busiest, of_person
from wire.agent import Activity, Beats

IDE = 40
FOLDER = b"/ide/"


def test_a_beat_is_counted_at_most_every_half_minute() -> None:
    pulse = Pulse()
    assert pulse.beats == Beats(count=0, last=Activity.START)
    assert pulse.active(Activity.TERMINAL, 0.0)
    assert not pulse.active(Activity.IDE, BEAT_EVERY - 1)
    assert pulse.beats == Beats(count=1, last=Activity.TERMINAL)
    assert pulse.active(Activity.IDE, BEAT_EVERY)
    assert pulse.beats == Beats(count=2, last=Activity.IDE)


def test_what_runs_for_the_person_is_neither_supervisor_nor_ide() -> None:
    processes = [
        Process(1, 1, b"/.supervisor/bin/python3", 9.0),
        Process(IDE, IDE, b"/ide/bin/node\0server", 9.0),
        Process(41, IDE, b"/ide/bin/node\0extensionHost", 9.0),
        Process(42, IDE, b"/usr/bin/python3\0-m\0ipykernel", 1.0),
        Process(43, 43, b"bash", 2.0),
        Process(44, 43, b"/ide/bin/node\0build.js", 3.0),
        Process(45, 45, b"/usr/bin/du\0-s", 9.0, parent=1),
        Process(46, 43, b"git\0clone", 4.0, parent=43),
    ]
    assert [one.pid for one in of_person(processes, IDE, FOLDER)] == [42, 43, 44, 46]
    assert [one.pid for one in of_person(processes, 0, FOLDER)] == [IDE, 41, 42, 43, 44, 46]


def test_work_is_what_uses_a_tenth_of_a_processor() -> None:
    enough = AT_WORK * 30
    assert busiest({7: 10.0}, {7: 10.0 + enough}, 30.0) == [7]
    assert busiest({7: 10.0}, {7: 10.0 + enough - 0.1}, 30.0) is None
    assert busiest({1: 5.0}, {1: 5.0, 8: enough / 3, 9: enough}, 30.0) == [9, 8]
    assert busiest({7: 100.0}, {}, 30.0) is None
    assert busiest({7: 100.0}, {7: 1.0}, 30.0) is None
    assert busiest({}, {7: 100.0}, 0.0) is None
