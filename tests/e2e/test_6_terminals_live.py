"""Terminals go on whatever dies: each platform process is killed in the middle of output.

Bytes are counted on both sides. What a page of the terminals needs besides is tried on the way:
the list, two viewers, a search, and the end.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.counting import Counter, Terminals, kill
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

BEHIND = 2**20
"""Bytes: more than the supervisor has in memory, less than it keeps on the disk."""


@pytest.fixture
def terminals(installation: Installation, workspace: Workspace, page: Page) -> Terminals:
    return Terminals.of(installation, workspace, page)


@pytest.fixture
def counter(terminals: Terminals) -> Iterator[Counter]:
    made = Counter(terminals, "counter")
    yield made
    made.close()


def on_the_disk(installation: Installation, workspace: Workspace) -> bool:
    """Whether the supervisor keeps output in a file without a name on the workspace's disk."""
    shown = installation.podium_json("workspace", "show", workspace.id)
    pid = installation.instance_pid(shown["instance"]["id"])
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has been closed meanwhile
            name = str(one.readlink())
            if "/.podium/" in name and name.endswith("(deleted)"):
                return True
    return False


def test_whatever_is_killed_no_byte_is_lost_and_none_comes_twice(
    installation: Installation, workspace: Workspace, terminals: Terminals, counter: Counter
) -> None:
    counter.goes_on()
    (told,) = (one for one in terminals.ask("GET", "")[1]["terminals"] if one["id"] == counter.id)
    assert (told["title"].startswith("Counting"), told["alive"]) == (True, True)
    assert told["last_output_at"] is not None
    assert {one["kind"] for one in told["viewers"]} == {"browser"}

    names = [name for name in installation.platform_processes() if name != "launcher"]
    assert {"server", "proxy", "daemon"} <= set(names)
    for name in [*names, "launcher", "all"]:
        kill(installation, name)
        counter.goes_on()

    until(lambda: on_the_disk(installation, workspace), timeout=60)
    _, again = terminals.ask("GET", f"/{counter.id}")
    assert (again["pid"], again["life"]) == (told["pid"], told["life"])
    # on the disk, and not among the oldest, which have gone when all this took long
    line, offset = counter.behind(BEHIND)
    _, found = terminals.ask("GET", f"/{counter.id}/search?q={line}")
    assert [(one["line"], one["offset"]) for one in found["matches"]] == [(line, offset)]

    counter.finish()
    assert min(one.connections for one in counter.watchers) >= 3
    _, ended = terminals.ask("GET", f"/{counter.id}")
    assert (ended["alive"], ended["exit_code"]) == (False, 0)
    assert terminals.ask("DELETE", f"/{counter.id}") == (204, None)
    assert terminals.ask("GET", f"/{counter.id}")[0] == 404


def test_a_closed_terminal_takes_what_runs_in_it_along(terminals: Terminals) -> None:
    command = ["/bin/bash", "-c", "sleep 1000"]
    name = terminals.ask("POST", "", {"command": command})[1]["id"]
    until(lambda: terminals.ask("GET", f"/{name}")[1]["title"] == "sleep", timeout=30)
    assert terminals.ask("DELETE", f"/{name}") == (204, None)
    until(lambda: terminals.ask("GET", f"/{name}")[0] == 404, timeout=30)
