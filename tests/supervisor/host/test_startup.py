"""What a shell waits for, on a real terminal; what comes of it: test_tasks.py."""

import os
import signal
from pathlib import Path

from supervisor.host.opening import open_terminal
from supervisor.host.reaper import Reaper
from supervisor.host.startup import interrupt, waited_for
from tests.waiting import until


async def test_only_what_it_waits_for_is_ended(account):
    reaper = Reaper()
    reaper.install()
    script = "sleep 600 & echo back-$!-; trap 'echo heard; exit 5' USR1; sleep 601; exit 6"
    command = ["/bin/bash", "-c", script]
    one = open_terminal("t", reaper, account, "/", {"PATH": os.environ["PATH"]}, command)
    said = await until(lambda: b"-" in (now := one.history.since(0)[1]) and now, timeout=10)
    background = int(said.split(b"-")[1])

    def both_sleep() -> bool:
        found = waited_for(one.pid)
        names = [Path(f"/proc/{pid}/comm").read_text() for pid in found]
        return background in found and names == ["sleep\n"] * 2

    await until(both_sleep, timeout=10)
    interrupt(one.pid)
    assert await one.running.exited == 5
    os.kill(background, signal.SIGKILL)  # it was there
    one.forget()


def test_a_shell_that_is_gone_waits_for_nothing(tmp_path):
    assert waited_for(1, str(tmp_path)) == []
