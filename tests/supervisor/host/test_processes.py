"""Processes of the person: an own session, another user, a known exit."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from supervisor.host.processes import USER_ID, Account, person, start
from supervisor.host.reaper import Reaper

NOBODY = Account(USER_ID, USER_ID, "nobody-known", "/tmp", "/bin/sh")


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


async def output_of(reaper: Reaper, folder: Path, script: str, account: Account | None) -> str:
    reaper.install()
    with (folder / "out").open("w+") as out:
        running = start(
            reaper,
            ["/bin/sh", "-c", script],
            account,
            cwd=str(folder),
            environment={"ONLY": "this"},
            output=out.fileno(),
        )
        await running.exited
        out.seek(0)
        return out.read()


async def test_only_the_given_variables_and_no_open_files(reaper, tmp_path):
    read, write = os.pipe()
    try:
        told = await output_of(reaper, tmp_path, "env | grep ONLY; ls /proc/self/fd", None)
        lines = told.split()
        assert lines[0] == "ONLY=this"
        assert str(write) not in lines[1:] or int(lines[-1]) < 4
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.root
async def test_it_runs_as_the_person_with_no_group_of_root(reaper, tmp_path):
    tmp_path.chmod(0o755)
    told = await output_of(reaper, tmp_path, "id -u; id -g; id -G; umask", NOBODY)
    assert told.split() == [str(USER_ID), str(USER_ID), str(USER_ID), "0022"]


async def test_it_leads_a_session_and_is_signalled_with_its_group(reaper, tmp_path):
    reaper.install()
    running = start(
        reaper, ["/bin/sh", "-c", "sleep 600 & wait"], None, cwd=str(tmp_path), environment={}
    )
    assert os.getsid(running.pid) == running.pid
    running.signal_group(signal.SIGTERM)
    assert await running.exited == -signal.SIGTERM
    running.signal_group(signal.SIGTERM)  # gone is fine


async def test_a_folder_that_is_gone_is_no_reason_to_fail(reaper, tmp_path):
    reaper.install()
    running = start(
        reaper, ["/bin/sh", "-c", '[ "$PWD" = / ]'], None, cwd=f"{tmp_path}/no", environment={}
    )
    assert await running.exited == 0


def test_what_cannot_be_executed_is_told(reaper, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        start(reaper, ["/no/such"], None, cwd="/", environment={}, output=subprocess.DEVNULL)


def test_the_account_is_the_workspaces_user():
    account = person()
    assert account.uid == USER_ID
    assert account.home == "/home/gitpod"
    assert os.access(account.shell, os.X_OK)
