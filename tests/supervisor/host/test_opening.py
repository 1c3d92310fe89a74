"""A shell on a new pseudo-terminal."""

from pathlib import Path

import pytest

from supervisor.host.opening import open_terminal
from supervisor.host.reaper import Reaper
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


def count() -> int:
    """Open descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_it_has_the_variables_of_a_terminal_its_size_and_its_facts(account, tmp_path):
    reaper = Reaper()
    reaper.install()
    command = ["/bin/sh", "-c", "echo $TERM $COLORTERM; stty size"]
    one = open_terminal(
        "t", reaper, account, str(tmp_path), ENVIRONMENT, command, size=(90, 33), title="Mine"
    )
    await until(one.ended.is_set)
    assert one.history.since(0)[1] == b"xterm-256color truecolor\r\n33 90\r\n"
    assert (one.facts.title, one.facts.cwd) == ("Mine", str(tmp_path))
    one.forget()


async def test_a_shell_that_cannot_start_is_told_and_leaves_nothing(account, tmp_path):
    before = count()
    with pytest.raises(OSError, match="No such file"):
        open_terminal("main", Reaper(), account, str(tmp_path), ENVIRONMENT, ["/no/shell"])
    assert count() == before
