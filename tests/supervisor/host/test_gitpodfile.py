"""Asking the reader's process."""

import asyncio
import os

import pytest

from supervisor.core.config import Config
from supervisor.host.gitpodfile import changes, load, stamp
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from tests.waiting import until

ENVIRONMENT = {"PATH": os.environ["PATH"]}
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + one)}: &{chr(98 + one)} [{', '.join([f'*{chr(97 + one)}'] * 10)}]\n"
    for one in range(9)
)


async def ask(folder: str, account: Account) -> Config:
    reaper = Reaper()
    reaper.install()
    return await load(folder, reaper, account, ENVIRONMENT)


async def test_its_answer_is_the_configuration(account, tmp_path):
    (tmp_path / ".gitpod.yml").write_text("tasks: [{name: one, command: a}]")
    assert [one.name for one in (await ask(str(tmp_path), account)).tasks] == ["one"]


async def test_a_devcontainer_is_read_as_well(account, tmp_path):
    (tmp_path / ".devcontainer" / "web").mkdir(parents=True)
    file = tmp_path / ".devcontainer" / "web" / "devcontainer.json"
    file.write_text('{"postStartCommand": "a"}')
    assert (await ask(str(tmp_path), account)).name == ".devcontainer/web/devcontainer.json"


async def test_without_a_file_no_process_is_started(account, tmp_path):
    assert await ask(str(tmp_path), Account(1, 1, "x", "/", "/bin/sh")) == Config()


async def test_a_file_that_eats_memory_and_time_is_a_fault_and_no_more(account, tmp_path):
    (tmp_path / ".gitpod.yml").write_text(f"{BOMB}tasks: [{{command: a, env: {{A: *j}}}}]")
    (fault,) = (await ask(str(tmp_path), account)).faults
    assert fault.cause == "reading it took too much memory or time"


async def test_a_reader_that_cannot_start_is_a_fault(account, tmp_path, monkeypatch):
    (tmp_path / ".gitpod.yml").write_text("tasks: []")
    monkeypatch.setattr("sys.executable", "/no/python")
    (fault,) = (await ask(str(tmp_path), account)).faults
    assert "its reader cannot be started" in fault.cause


@pytest.mark.parametrize("content", ["tasks: [", "tasks: 7"])
async def test_faults_of_the_file_come_through(account, tmp_path, content):
    (tmp_path / ".gitpod.yml").write_text(content)
    assert (await ask(str(tmp_path), account)).faults


async def test_a_file_that_is_put_in_the_place_of_another_is_a_change(tmp_path):
    file = tmp_path / ".gitpod.yml"
    file.write_text("ports: []")
    seen = []
    found = changes(str(tmp_path), stamp(str(tmp_path)), every=0.001)

    async def follow() -> None:
        async for _ in found:
            seen.append(file.exists())  # noqa: PERF401 - looked at as each comes

    async with asyncio.TaskGroup() as group:
        following = group.create_task(follow(), name="follow")
        (tmp_path / "new").write_text("ports: []")
        (tmp_path / "new").rename(file)
        await until(lambda: seen == [True])
        file.unlink()
        await until(lambda: seen == [True, False])
        following.cancel()


async def test_what_changed_while_it_was_read_is_a_change(tmp_path):
    read = stamp(str(tmp_path))
    (tmp_path / ".gitpod.yml").write_text("ports: []")
    async with asyncio.timeout(60):
        assert await anext(changes(str(tmp_path), read, every=0.001)) is None
