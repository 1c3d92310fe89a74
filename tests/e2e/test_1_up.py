"""`make up` starts the platform, says where it is, and can be repeated."""

import subprocess
from pathlib import Path

from tests.e2e.installation import CHECKOUT, Installation


def test_status_names_every_process_and_only_launcher_and_daemon_are_root(
    installation: Installation,
) -> None:
    processes = installation.platform_processes()
    assert set(processes) == {"launcher", "daemon", "server", "blobserve", "proxy", "ssh"}
    uids = {name: Path(f"/proc/{one['pid']}").stat().st_uid for name, one in processes.items()}
    assert uids["launcher"] == uids["daemon"] == 0
    assert uids["server"] != 0
    assert uids["proxy"] != 0
    assert uids["blobserve"] != 0


def test_no_other_process_of_the_platform_is_root(installation: Installation) -> None:
    known = {one["pid"] for one in installation.platform_processes().values()}
    commands = {command_of(Path(f"/proc/{pid}")) for pid in known}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            uid = folder.stat().st_uid
            program, command = (folder / "exe").readlink().name, command_of(folder)
        except OSError:
            continue
        ours = f"PODIUM_HOME={installation.home}".encode() in environment.split(b"\0")
        if ours and "python" in program and uid == 0 and int(folder.name) not in known:
            # a child is its parent until it begins its own program
            own = command in commands
            assert own or " -m pytest" in command or "podium" not in command, command


def command_of(folder: Path) -> str:
    return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_second_up_says_that_it_runs_and_gives_a_new_link(installation: Installation) -> None:
    again = installation.make("up")
    assert again.returncode == 0, again.stderr
    assert "already run" in again.stdout
    assert f"{installation.dashboard}/auth/link#" in again.stdout


def test_two_ups_at_once_do_no_harm(installation: Installation) -> None:
    both = [
        subprocess.Popen(
            ["make", "--no-print-directory", "up"],
            cwd=CHECKOUT,
            env=installation.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    texts = [one.communicate(timeout=120)[0] for one in both]
    assert any(one.returncode == 0 for one in both), texts
    assert len(installation.platform_processes()) == 6


def test_secrets_are_readable_by_their_owner_only(installation: Installation) -> None:
    for name in ("master.key", "cli.token"):
        mode = (installation.home / name).stat().st_mode & 0o777
        assert mode == 0o600, (name, oct(mode))
    assert Path(installation.layout.content).stat().st_mode & 0o777 == 0o700
