"""Tasks as people see them."""

from app.workspaces.structs import TaskView
from app.workspaces.tasks import MOST, kept, tasks_of
from wire.agent import TaskReport, TaskState

RUNS = TaskReport(id="task-1", name="API", state=TaskState.RUNNING)
FAILED = TaskReport(id="task-2", name="Build", state=TaskState.FAILED, exit_code=2)


def test_what_an_instance_says_is_bounded():
    many = [TaskReport(id="x", name="a\x1b[31m" + "b" * 100)] * (MOST + 5)
    held = kept(many)
    assert len(held) == MOST
    assert held[0]["name"] == "a[31m" + "b" * 74


def test_they_are_shown_in_order():
    assert tasks_of(kept([RUNS, FAILED]), live=True) == [
        TaskView(id="task-1", name="API", state=TaskState.RUNNING, exit_code=0, open=True),
        TaskView(id="task-2", name="Build", state=TaskState.FAILED, exit_code=2, open=True),
    ]


def test_of_a_stopped_start_only_what_had_ended_is_told():
    (one,) = tasks_of(kept([RUNS, FAILED]), live=False)
    assert (one.name, one.open) == ("Build", False)
