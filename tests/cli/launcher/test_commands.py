"""`podium up` and `down` with real processes; only the three children are stand-ins."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.launcher import state
from tests.cli.standins import Installation
from tests.waiting import until

pytestmark = pytest.mark.root


@pytest.fixture
def installation() -> Iterator[Installation]:
    made = Installation.make()
    yield made
    made.remove()


def alive(pid: int) -> bool:
    try:
        letter = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return letter not in {"Z", "X"}


def test_up_says_where_it_is_and_a_second_one_finds_it(installation: Installation) -> None:
    up = installation.podium("up")
    assert up.returncode == 0, up.stderr
    assert f"http://podium.localhost:{installation.port}" in up.stdout
    assert "/auth/link#once" in up.stdout
    assert all(f"{name} serves" in up.stdout for name in ("daemon", "server", "blobserve", "proxy"))
    before = {name: one["pid"] for name, one in installation.processes().items()}

    again = installation.podium("up")
    assert again.returncode == 0
    assert "already running" in again.stdout
    assert "/auth/link#once" in again.stdout
    assert {name: one["pid"] for name, one in installation.processes().items()} == before

    shown = json.loads(installation.podium("status", "--json").stdout)
    assert shown["running"] is True
    assert shown["workspaces"] == {"running": 1, "stopped": 1}
    assert {name for name, one in shown["processes"].items() if one["uid"] == 0} == {
        "launcher",
        "daemon",
    }
    down = installation.podium("down")
    assert down.returncode == 0
    assert "1 running workspace keeps running" in down.stdout
    assert not any(alive(pid) for pid in before.values())
    assert installation.podium("status").returncode == 3
    assert "not running" in installation.podium("down").stdout


def test_children_see_the_settings_and_nothing_else_of_the_caller(
    installation: Installation,
) -> None:
    installation.podium("up", PODIUM_EGRESS_ALLOW="10.1.0.0/16", PODIUM_TOKEN="not-theirs")
    began = installation.logged("server")[0]
    assert "PODIUM_EGRESS_ALLOW" in began["environment"]
    assert not {"SECRET_OF_THE_CALLER", "PODIUM_TOKEN"} & set(began["environment"])
    assert began["uid"] != 0
    assert began["gid"] != 0
    assert installation.logged("daemon")[0]["uid"] == 0


def test_the_written_command_knows_its_installation(installation: Installation) -> None:
    installation.podium("up")
    command = Path(installation.layout.home) / "bin/podium"
    bare = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [command, "login-link"], env=bare, cwd="/", capture_output=True, text=True, check=True
    )
    assert done.stdout == "http://podium.localhost/auth/link#once\n"


def test_what_a_killed_launcher_leaves_is_ended_before_the_next_one(
    installation: Installation,
) -> None:
    installation.podium("up")
    before = {name: one["pid"] for name, one in installation.processes().items()}
    # stopped, so that the parent-death signal cannot end it: it must be ended by the next up
    os.kill(before["server"], signal.SIGSTOP)
    os.kill(before["launcher"], signal.SIGKILL)
    until(lambda: not alive(before["proxy"]) and not alive(before["daemon"]))
    assert alive(before["server"])
    os.kill(before["server"], signal.SIGCONT)

    up = installation.podium("up")
    assert up.returncode == 0, up.stderr
    assert not any(alive(pid) for pid in before.values())
    assert all(one["alive"] for one in installation.processes().values())


def test_other_settings_start_the_platform_anew(installation: Installation) -> None:
    installation.podium("up")
    before = installation.processes()["launcher"]["pid"]
    up = installation.podium("up", PODIUM_LOG_LEVEL="debug")
    assert "other settings" in up.stdout
    assert installation.processes()["launcher"]["pid"] != before
    assert not alive(before)


def test_nobody_is_refused_while_the_platform_starts_anew(installation: Installation) -> None:
    installation.podium("up")
    refused: list[OSError] = []
    over = threading.Event()

    def connect() -> None:
        while not over.wait(0.005):
            try:
                socket.create_connection(("127.0.0.1", installation.port)).close()
            except OSError as error:
                refused.append(error)

    person = threading.Thread(target=connect)
    person.start()
    try:
        up = installation.podium("up", PODIUM_LOG_LEVEL="debug")
    finally:
        over.set()
        person.join()
    assert "other settings" in up.stdout
    assert refused == []


def test_the_proxy_is_told_to_begin_anew(installation: Installation) -> None:
    assert "does not answer" in installation.podium("reload").stderr
    installation.podium("up")
    assert installation.podium("reload").returncode == 0
    until(lambda: {"event": "renewed"} in installation.logged("proxy"))


def test_a_second_up_at_once_names_the_first(installation: Installation) -> None:
    run = Path(installation.layout.run)
    run.mkdir(parents=True)
    with (run / "up.lock").open("w") as held:
        held.write("4711")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        second = installation.podium("up")
    assert second.returncode == 1
    assert "Another `podium up` is running (pid 4711)" in second.stderr


def test_two_ups_at_once_start_one_platform(installation: Installation) -> None:
    both = [installation.start("up") for _ in range(2)]
    texts = []
    for one in both:
        with one:
            texts.append("".join(one.communicate(timeout=60)))
    assert sorted(one.returncode for one in both) in ([0, 0], [0, 1]), texts
    began = [one for one in installation.logged("server") if one["event"] == "began"]
    assert len(began) == 1


def test_a_launcher_whose_up_was_interrupted_is_found(installation: Installation) -> None:
    with installation.start("up") as first:
        until(lambda: state.running(installation.layout), timeout=20)
        first.kill()
    up = installation.podium("up")
    assert up.returncode == 0, up.stderr
    assert "already running" in up.stdout
    assert len([one for one in installation.logged("daemon") if one["event"] == "began"]) == 1


def test_an_up_that_was_interrupted_right_at_the_start_is_repeated(
    installation: Installation,
) -> None:
    with installation.start("up") as first:
        until((Path(installation.layout.run) / state.LAUNCHER_LOCK).exists, timeout=20)
        first.kill()
    up = installation.podium("up")
    assert up.returncode == 0, up.stderr
    assert len([one for one in installation.logged("daemon") if one["event"] == "began"]) == 1


def test_a_taken_port_is_told_with_its_holder(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        up = installation.podium("up")
    assert up.returncode == 1
    assert f"Port {installation.port} cannot be used" in up.stderr
    assert f"pid {os.getpid()}" in up.stderr
    assert f"PODIUM_PORT={installation.port + 1}" in up.stderr
    assert installation.podium("status").returncode == 3


def test_a_process_that_keeps_failing_is_told_with_its_last_words(
    installation: Installation,
) -> None:
    home = Path(installation.layout.home)
    home.mkdir()
    (home / "broken-server").write_text("the disk is full")
    up = installation.podium("up")
    assert up.returncode == 1
    assert "The server did not start" in up.stderr
    assert "cannot serve: the disk is full" in up.stderr
    assert "Cure:" in up.stderr
    assert installation.podium("status").returncode == 3

    (home / "broken-server").unlink()
    assert installation.podium("up").returncode == 0


def test_a_database_without_its_key_is_refused(installation: Installation) -> None:
    assert installation.podium("up").returncode == 0
    installation.podium("down")
    Path(installation.layout.database).touch()
    Path(installation.layout.master_key).unlink()
    up = installation.podium("up")
    assert up.returncode == 1
    assert "The master key is missing" in up.stderr
    Path(installation.layout.database).unlink()


def test_a_token_that_is_void_is_replaced(installation: Installation) -> None:
    installation.podium("up")
    token = Path(installation.layout.cli_token)
    assert token.stat().st_mode & 0o777 == 0o600
    token.write_text("void")
    installation.podium("up")
    assert token.read_text() == "good-token"


def test_only_root_may_start_it(installation: Installation) -> None:
    uid = os.geteuid()
    os.seteuid(65534)
    try:
        refused = installation.podium("down")
    finally:
        os.seteuid(uid)
    assert refused.returncode == 1
    assert "needs root" in refused.stderr
