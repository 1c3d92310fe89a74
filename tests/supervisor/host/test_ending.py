"""The end of a workspace, in order."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor.host.ending import end
from supervisor.host.ide import Ide
from supervisor.host.opening import open_terminal
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import Terminal
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PS1": ""}
SHORT = {"for_tasks": 0.1, "for_the_rest": 0.1}
LONG = {"for_tasks": 60.0, "for_the_rest": 60.0}


class World:
    """Terminals whose shells note in one file that they have heard."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.reaper, self.account, self.folder = Reaper(), account, folder
        self.reaper.install()
        self.ide = Ide(self.reaper, account, lambda: None, log=str(folder / "ide.log"))

    async def open(self, name: str, on: str = "echo {0} >> heard; exit") -> Terminal:
        script = f"trap '{on.format(name)}' HUP; echo ready; while :; do sleep 0.02; done"
        made = open_terminal(
            name,
            self.reaper,
            self.account,
            str(self.folder),
            ENVIRONMENT,
            ["/bin/sh", "-c", script],
        )
        await until(lambda: b"ready" in shown(made))
        return made

    @property
    def heard(self) -> list[str]:
        return (self.folder / "heard").read_text().split()


def shown(terminal: Terminal) -> bytes:
    return terminal.history.since(0)[1]


async def nothing() -> None:
    return


@pytest.fixture
def world(account, tmp_path) -> Callable[[], World]:
    return lambda: World(tmp_path, account)


async def test_people_are_told_and_tasks_end_before_other_shells(world):
    one = world()
    main, task = await one.open("main"), await one.open("task-1")
    await end([main, task], ["task-1"], one.ide, nothing(), "It stops.", **LONG)
    assert one.heard == ["task-1", "main"]
    for terminal in (main, task):
        assert b"It stops." in shown(terminal)
        assert not terminal.alive


async def test_what_does_not_care_is_killed_and_an_engine_that_fails_is_no_matter(world):
    one = world()
    deaf = [await one.open("task-1", ":"), await one.open("main", ":")]

    async def fail() -> None:
        raise OSError

    await end(deaf, ["task-1"], one.ide, fail(), "It stops.", **SHORT)
    await until(lambda: not any(terminal.alive for terminal in deaf))


async def test_an_engine_is_not_waited_for_without_end(world):
    one = world()
    await end([], [], one.ide, asyncio.Event().wait(), "It stops.", **SHORT)  # type: ignore[arg-type] # never
