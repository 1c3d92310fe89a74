"""Pid 1 where something is wrong with the image or its disks, and how it ends."""

import signal
from pathlib import Path

import aiohttp
import pytest

from supervisor.core.login import HANGS, TOLD
from tests.supervisor.inside import Inside, inside
from tests.supervisor.roots import KINDS
from tests.waiting import until
from wire.phases import Condition, StepState

pytestmark = pytest.mark.root
# bash takes a Ctrl+C for that of a program which ends by itself at that moment, or which it has
# forked and not begun yet: it is the program that tells, and it lasts
ENDLESS = "while true; do bash -c \"echo be''gun; exec sleep 600\"; done\n"
LOOP = "while true; do sleep 0.05; done"
TRAP = f"trap 'echo heard > /workspace/heard; exit' HUP; touch /workspace/hears; {LOOP}"


def told(one: Inside, condition: Condition) -> str:
    return one.newest.conditions.get(condition, "")


async def test_an_image_without_the_user_is_given_it(bundle: Path) -> None:
    async with inside(KINDS["busybox"], bundle) as one:
        await one.start()
        assert "gitpod:gitpod" in await one.type("echo $(id -un):$(id -gn)", "gitpod:gitpod")
        assert told(one, Condition.USER_UNUSUAL) == ""


async def test_a_name_that_somebody_else_has_is_told(bundle: Path) -> None:
    async with inside(KINDS["busybox"], bundle) as one:
        (one.root / "etc/passwd").write_text("gitpod:x:1000:33333::/home/gitpod:/bin/sh\n")
        await one.start()
        await one.type("echo $((40+2))nd", "42nd")
        await until(lambda: told(one, Condition.USER_UNUSUAL))
        wanted = "user gitpod uses different UID 1000, should be: 33333"
        assert told(one, Condition.USER_UNUSUAL) == wanted


async def test_startup_files_that_end_the_shell_shut_nobody_out(bundle: Path) -> None:
    async with inside(KINDS["glibc"], bundle) as one:
        profile = one.root / "home/gitpod/.bash_profile"
        profile.write_text("exit 3\n")
        await one.start()
        async with one.session() as session, session.ws_connect("/v1/terminals/main") as socket:
            async for _ in socket:  # until its shell has ended
                continue
        await until(lambda: told(one, Condition.SHELL_ENDS) == TOLD)
        assert TOLD in await one.type("echo $((40+2))nd", "42nd")
        profile.write_text("MENDED=yes\n")
        await until(lambda: not told(one, Condition.SHELL_ENDS))


async def test_a_startup_file_without_an_end_holds_up_its_own_terminal_alone(bundle: Path) -> None:
    """The start and terminals that do not read it go on; Ctrl+C leads out of it."""
    async with inside(KINDS["glibc"], bundle) as one:
        (one.root / "home/gitpod/.bash_profile").write_text(ENDLESS)
        await one.start()
        await one.type("", "begun")
        await until(lambda: one.newest.checkout.state is StepState.DONE)
        async with one.session() as session:
            plain = {"command": ["/bin/bash", "--norc"]}
            async with session.post("/v1/terminals", json=plain) as answer:
                other = (await answer.json())["id"]
        assert "42nd" in await one.type("echo $((40+2))nd", "42nd", other)
        assert "45th" in await one.type("\x03echo $((43+2))th", "45th")


async def test_tasks_begin_without_startup_files_that_hold_them_up(bundle: Path) -> None:
    """They wait in a terminal that says so; the workspace goes on meanwhile."""
    async with inside(KINDS["glibc"], bundle) as one:
        one.settings["SUPERVISOR_STARTUP_PATIENCE"] = "1"
        profile = one.root / "home/gitpod/.bash_profile"
        profile.write_text(ENDLESS)
        (one.root / "workspace/.gitpod.yml").write_text("tasks: [{command: echo $((1+1))nd}]\n")
        await one.start()
        await until(lambda: one.newest.tasks)
        said = await one.type("", "2nd", "task-1")
        assert said.index("begun") < said.index("have not ended after 1 s") < said.index("2nd")
        await until(lambda: told(one, Condition.SHELL_HANGS) == HANGS)
        await until(lambda: [task.state.value for task in one.newest.tasks] == ["done"])
        profile.unlink()
        await until(lambda: not told(one, Condition.SHELL_HANGS))


async def test_a_home_that_is_read_only_is_told(bundle: Path) -> None:
    async with inside(KINDS["glibc"], bundle) as one:
        home = one.root / "home/gitpod"
        one.mounts += [f"mount --bind {home} {home}", f"mount -o remount,bind,ro {home}"]
        await one.start()
        await one.type("touch ~/x; echo $((40+2))nd", "42nd")
        await until(lambda: "is read-only" in told(one, Condition.HOME_READ_ONLY))


async def test_on_a_full_disk_everything_runs_and_it_is_told_until_there_is_space(
    bundle: Path,
) -> None:
    async with inside(KINDS["busybox"], bundle) as one:
        disk = one.root / "workspace"
        (one.root / "bin/rm").symlink_to("busybox")
        one.mounts += [
            f"mount -t tmpfs -o size=1m,uid=33333,gid=33333 tmpfs {disk}",
            f"echo 'tasks: [{{command: echo $((1+1))nd}}]' > {disk}/.gitpod.yml",
            f"cat /dev/zero > {disk}/full 2>/dev/null || true",
        ]
        await one.start()
        await until(lambda: [task.state.value for task in one.newest.tasks] == ["done"])
        await one.type("echo $((40+2))nd", "42nd")
        await until(lambda: "/workspace" in told(one, Condition.DISK_FULL))
        await one.type("rm -f /workspace/full; echo g''one", "gone")
        await until(lambda: not told(one, Condition.DISK_FULL))


async def test_the_end_is_told_and_heard_and_history_is_kept(bundle: Path) -> None:
    async with inside(KINDS["glibc"], bundle) as one:
        (one.root / "workspace/.gitpod.yml").write_text(f'tasks: [{{command: "{TRAP}"}}]\n')
        await one.start()
        await one.type("echo $((40+2))nd", "42nd")
        await until(lambda: [task.state.value for task in one.newest.tasks] == ["running"])
        await until((one.root / "workspace/hears").exists)
        shown = b""
        async with one.session() as session, session.ws_connect("/v1/terminals/main") as socket:
            await socket.receive()
            one.signal(signal.SIGTERM)
            async for message in socket:
                shown += message.data if message.type is aiohttp.WSMsgType.BINARY else b""
        assert b"The workspace stops." in shown
        assert await one.ended() == 0
        assert (one.root / "workspace/heard").read_text() == "heard\n"
        assert "echo $((40+2))nd" in (one.root / "home/gitpod/.bash_history").read_text()
        assert '"ended"' in one.log.read_text()


async def test_what_does_not_care_is_ended_all_the_same(bundle: Path) -> None:
    async with inside(KINDS["busybox"], bundle) as one:
        await one.start()
        await one.type("trap '' HUP TERM; echo d''eaf; while true; do sleep 1; done", "deaf")
        one.signal(signal.SIGTERM)
        assert await one.ended() == 0
