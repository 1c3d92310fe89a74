"""The repository's file and its tasks."""

from supervisor.api.endpoint import Call
from supervisor.subjects.tasks import TasksSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.phases import Condition


async def test_the_file_is_read_and_its_tasks_run(context, terminals, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{name: Mark, command: echo ok}]\ntaks: []\n")
    one = TasksSubject(context, terminals.all)
    assert one.observed() == {"port_wishes": None, "tasks": [], "conditions": {}}
    assert one.told(Call("GET", "/v1/tasks")) == {
        "tasks": [],
        "faults": [],
        "file": "",
        "settled": False,
    }
    one.start(wish(repository=str(tmp_path)))
    await until(lambda: one.settled)
    await until(lambda: [task.state.value for task in one.observed()["tasks"]] == ["done"])
    assert Condition.CONFIG_INVALID in one.observed()["conditions"]
    assert one.told(Call("GET", "/v1/tasks"))["faults"][0]["line"] == 2


async def test_an_ending_workspace_starts_no_task(context, terminals, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: echo ok}]\n")
    one = TasksSubject(context, terminals.all)
    context.ending = True
    one.start(wish(repository=str(tmp_path)))
    await until(lambda: one.settled)
    assert one.observed()["tasks"] == []
