"""The repository's file and its tasks."""

import os
import subprocess

import pytest

from supervisor.api.endpoint import Call, Refused
from supervisor.subjects.tasks import TasksSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.phases import Condition, StepState


async def test_the_file_is_read_and_its_tasks_run(context, terminals, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{name: Mark, command: echo ok}]\ntaks: []\n")
    one = TasksSubject(context, terminals.all, lambda _said: None)
    nothing = {"port_wishes": None, "backup_excludes": None, "tasks": [], "conditions": {}}
    assert one.observed() == nothing
    assert one.told(Call("GET", "/v1/tasks")) == {
        "tasks": [],
        "faults": [],
        "unfollowed": [],
        "file": "",
        "settled": False,
        "without": "",
    }
    one.start(wish(repository=str(tmp_path)))
    await until(lambda: one.settled)
    await until(lambda: [task.state.value for task in one.observed()["tasks"]] == ["done"])
    assert Condition.CONFIG_INVALID in one.observed()["conditions"]
    assert one.told(Call("GET", "/v1/tasks"))["faults"][0]["line"] == 2


async def test_where_none_can_run_that_is_told_at_once(context, terminals):
    call, far = Call("GET", "/v1/tasks"), [StepState.WORKING]
    one = TasksSubject(context, terminals.all, lambda _said: None, lambda: far[0])
    context.desired = wish(trusted=False)
    assert (one.told(call)["settled"], one.told(call)["without"]) == (True, "untrusted")
    context.desired = wish()
    assert (one.told(call)["settled"], one.told(call)["without"]) == (False, "")
    far[0] = StepState.FAILED
    assert (one.told(call)["settled"], one.told(call)["without"]) == (True, "no_code")


async def test_an_ending_workspace_starts_no_task(context, terminals, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{command: echo ok}]\n")
    one = TasksSubject(context, terminals.all, lambda _said: None)
    context.ending = True
    one.start(wish(repository=str(tmp_path)))
    await until(lambda: one.settled)
    assert one.observed()["tasks"] == []


async def test_what_is_not_followed_is_told_on_the_page_and_in_the_log(
    context, terminals, tmp_path
):
    (tmp_path / ".gitpod.yml").write_text("github: {}\ntaks: []\n")
    said = []
    one = TasksSubject(context, terminals.all, said.append)
    one.start(wish(repository=str(tmp_path)))
    await until(lambda: one.settled)
    told = one.observed()["conditions"][Condition.CONFIG_PARTIAL]
    assert told.startswith(".gitpod.yml line 1, github: is not followed: ")
    assert [line.partition(b":")[0] for line in said] == [
        b".gitpod.yml line 2, taks",
        b".gitpod.yml line 1, github",
    ]


@pytest.fixture
def code(tmp_path, context):
    """A repository of the person's."""
    folder = tmp_path / "code"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, context.account.uid, context.account.gid)
    return folder


async def test_variables_git_and_the_editor_are_as_the_file_wishes(context, terminals, code):
    (code / ".gitpod.yml").write_text(
        "env: {GREETING: hello, HOME: /nowhere}\ngitConfig: {core.autocrlf: input}\n"
    )
    one = TasksSubject(context, terminals.all, lambda _said: None)
    one.start(wish(repository=str(code)))
    await until(lambda: one.settled)
    found = context.environment(wish())
    assert (found["GREETING"], found["HOME"]) == ("hello", context.account.home)
    assert "autocrlf = input" in (code / ".git" / "config").read_text()


async def test_a_headless_run_ends_the_workspace_with_its_code(context, terminals, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{init: exit 3, command: sleep 600}]\n")
    one = TasksSubject(context, terminals.all, lambda _said: None)
    one.start(wish(repository=str(tmp_path), headless=True))
    await until(context.ended.is_set, timeout=20)
    assert context.exit_code == 1
    assert [task.exit_code for task in one.observed()["tasks"]] == [3]


async def test_the_file_can_be_read_again_and_nothing_of_it_counts(context, terminals, code):
    one = TasksSubject(context, terminals.all, lambda _said: None)
    with pytest.raises(Refused):
        await one.check(Call("POST", "/v1/config/check"))
    context.desired = wish(repository=str(code))
    (code / ".gitpod.yml").write_text("tasks: [{command: a}]\nports: [{port: x}]\n")
    told = await one.check(Call("POST", "/v1/config/check"))
    assert (told["file"], told["tasks"], told["ports"]) == (".gitpod.yml", 1, 0)
    assert [fault["field"] for fault in told["faults"]] == ["ports[0].port"]
    assert one.config is None


async def test_only_a_task_that_is_there_is_stopped(context, terminals):
    one = TasksSubject(context, terminals.all, lambda _said: None)
    call = Call("POST", "/v1/tasks/task-1/stop", values={"id": "task-1"}, body=b"{}")
    with pytest.raises(Refused) as refused:
        await one.stop(call)
    assert refused.value.code == "task_missing"


async def test_ports_follow_the_file_and_a_broken_one_leaves_what_was(context, terminals, code):
    (code / ".gitpod.yml").write_text("ports: [{port: 3000}]\n")
    context.desired = wish(repository=str(code))
    one = TasksSubject(context, terminals.all, lambda _said: None, look_every=0.01)
    one.start(context.desired)
    await until(lambda: one.settled)
    (code / ".gitpod.yml").write_text("ports: [{port: 3000, visibility: public}, {port: 4000}]\n")
    await until(lambda: [port.public for port in one.port_wishes()] == [True, False], timeout=20)
    (code / ".gitpod.yml").write_text("ports: [\n")
    await until(lambda: Condition.CONFIG_INVALID in one.observed()["conditions"], timeout=20)
    assert [port.first for port in one.observed()["port_wishes"]] == [3000, 4000]
    (code / ".gitpod.yml").unlink()
    await until(lambda: one.port_wishes() == [], timeout=20)
    assert one.observed()["conditions"] == {}
