"""Sessions as ssh's clients want them: exit codes, signals, terminals, files, no memory."""

import os
from pathlib import Path

import asyncssh

from tests.waiting import until

Inside = asyncssh.SSHClientConnection


async def test_a_command_says_what_it_says_and_how_it_ended(inside: Inside) -> None:
    done = await inside.run("cat; echo no >&2; exit 7", input="in", encoding="utf-8")
    assert (done.stdout, done.stderr, done.exit_status) == ("in", "no\n", 7)
    killed = await inside.run("kill -TERM $$")
    assert killed.exit_signal is not None
    assert killed.exit_signal[0] == "TERM"


async def test_a_script_on_stdin_is_run(inside: Inside) -> None:
    """What VS Code's Remote-SSH does first."""
    done = await inside.run("bash", input="echo $((6 * 7))\nexit 3\n")
    assert (done.stdout, done.exit_status) == ("42\n", 3)


async def test_a_command_begins_at_home_and_a_shell_in_the_repository(
    inside: Inside, tmp_path: Path
) -> None:
    assert (await inside.run("pwd")).stdout == f"{tmp_path / 'home'}\n"
    shell = await inside.create_process(term_type="xterm", term_size=(80, 24))
    shell.stdin.write("pwd; stty size; tty; exit 4\n")
    done = await shell.wait()
    assert done.exit_status == 4
    lines = str(done.stdout).replace("\r", "\n").split("\n")
    assert {str(tmp_path), "24 80"} <= set(lines)


async def test_a_window_has_a_size_and_keys_interrupt(inside: Inside) -> None:
    cat = "trap 'stty size' WINCH; trap 'exit 9' INT; echo ready; while :; do read -t 1 x; done"
    shell = await inside.create_process(cat, term_type="xterm", term_size=(80, 24))
    assert "ready" in await shell.stdout.readline()
    shell.change_terminal_size(100, 30)
    assert "30 100" in await shell.stdout.readline()
    shell.stdin.write("\x03")
    assert (await shell.wait()).exit_status == 9


async def test_a_signal_reaches_the_program(inside: Inside) -> None:
    sleeper = await inside.create_process(
        "trap 'exit 5' USR1; echo on; while :; do sleep 0.1; done"
    )
    assert await sleeper.stdout.readline() == "on\n"
    sleeper.send_signal("USR1")
    assert (await sleeper.wait()).exit_status == 5


async def test_who_goes_takes_the_program_along(inside: Inside, tmp_path: Path) -> None:
    """A terminal as well as a command: neither is left behind for ever."""
    for term in (None, "xterm"):
        running = await inside.create_process("echo $$; exec sleep 1000", term_type=term)
        pid = int(await running.stdout.readline())
        running.close()
        await until(lambda pid=pid: not Path(f"/proc/{pid}").exists())


async def test_variables_of_the_client_arrive(inside: Inside) -> None:
    done = await inside.run("echo $LC_TEST $PATH", env={"LC_TEST": "a", "PATH": "/x"})
    assert done.stdout == f"a {os.environ['PATH']}\n"


async def test_files_go_both_ways(inside: Inside, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "sent").write_bytes(content)
    async with inside.start_sftp_client() as sftp:
        assert await sftp.realpath(".") == str(tmp_path / "home")
        await sftp.put(tmp_path / "sent", "kept")
        await sftp.chmod("kept", 0o640)
        assert (await sftp.stat("kept")).permissions & 0o777 == 0o640
        await sftp.get("kept", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content
    await asyncssh.scp((inside, "kept"), tmp_path / "scp")
    assert (tmp_path / "scp").read_bytes() == content


async def test_a_program_waits_for_a_client_that_does_not_read(
    inside: Inside, tmp_path: Path
) -> None:
    """What nobody takes stays in the program: no memory fills, and nothing is lost."""
    mark = tmp_path / "over"
    running = await inside.create_process(
        f"head -c 30000000 /dev/zero; touch {mark}", encoding=None, window=65536
    )
    assert await running.stdout.read(1) == b"\0"
    assert not mark.exists()
    got = 1
    while data := await running.stdout.read(1 << 20):
        got += len(data)
    assert got == 30_000_000
    assert mark.exists()


async def test_what_is_no_program_is_told(inside: Inside) -> None:
    assert (await inside.run("no-such-program")).exit_status == 127
    done = await inside.run(subsystem="netconf")
    assert (done.exit_status, done.stderr) == (1, "podium: the only subsystem is sftp\n")
