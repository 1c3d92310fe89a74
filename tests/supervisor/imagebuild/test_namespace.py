import sys

import pytest

from supervisor.imagebuild.namespace import end_everything, start

pytestmark = pytest.mark.root
PYTHON = (sys.executable, "-I", "-S")
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


async def said(*command: str) -> tuple[int, str]:
    process = await start(PYTHON, command, ENVIRONMENT, "/")
    assert process.stderr is not None
    text = (await process.stderr.read()).decode()
    return await process.wait(), text


async def test_root_in_there_has_all_ids_and_mounts():
    code, text = await said("sh", "-c", "cat /proc/self/uid_map; mount -t tmpfs none /mnt; id -u")
    assert code == 0, text
    assert text.split() == ["0", "0", "65536", "0"]


async def test_root_in_there_sees_nothing_of_who_started_it():
    code, text = await said("sh", "-c", "cat /proc/$PPID/environ")
    assert code != 0
    assert "Permission denied" in text


async def test_an_exit_code_and_both_outputs_come_out():
    assert await said("sh", "-c", "echo out; echo err >&2; exit 3") == (3, "out\nerr\n")


def test_only_pid_1_ends_everything():
    end_everything()
