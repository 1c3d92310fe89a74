"""The launcher over real child processes, without root: they are `python -c …`."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest

from cli.launcher import identity, state
from cli.launcher.keeper import MODULES, OPEN_FILES, end_leftovers, platform_commands
from cli.launcher.weight import Group
from tests.waiting import until
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[3]
LAUNCHER = """
import json, sys
from cli.launcher import keeper, locks
from cli.settings import Settings
commands, environment, patience = map(json.loads, sys.argv[1:])
waits = keeper.Waits(again=0.1, later=0.0, patience=patience)
try:
    keeper.keep(Settings.from_environ(environment), commands, waits=waits)
except locks.Held as other:
    sys.exit(f"held by {other.pid}")
"""
OBEDIENT = """
import signal, sys, time
def end(*_):
    print("ended", time.monotonic(), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("began", flush=True)
while True:
    signal.pause()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("began", flush=True)
while True:
    signal.pause()
"""
BROKEN = "print('began', flush=True); raise SystemExit('no')"


def python(text: str) -> list[str]:
    return ["setpriv", "--pdeathsig=TERM", "--", sys.executable, "-c", text]


@dataclass
class Host:
    """A launcher and its folders."""

    folder: Path
    patience: float = 60.0
    """Of a launcher, in seconds, with a child that it ends."""
    launchers: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        return Layout(*(PurePosixPath(self.folder / name) for name in ("home", "cache", "run")))

    def start(self, **texts: str) -> "subprocess.Popen[str]":
        for folder in (self.layout.run, self.layout.logs):
            Path(folder).mkdir(parents=True, exist_ok=True)
        environ = {
            "PODIUM_HOME": str(self.layout.home),
            "PODIUM_CACHE": str(self.layout.cache),
            "PODIUM_RUN_ROOT": str(self.layout.run_root),
        }
        commands = {name: python(text) for name, text in texts.items()}
        told = map(json.dumps, (commands, environ, self.patience))
        self.launchers.append(
            subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, *told],
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return self.launchers[-1]

    def child(self, name: str) -> identity.Process | None:
        found = state.read(self.layout)
        child = found.children.get(name) if found is not None else None
        return child.process if child is not None and child.alive else None

    def running(self, name: str) -> identity.Process:
        """Return a child when the launcher has told of it, which it does after the start."""
        until(lambda: self.child(name) is not None)
        found = self.child(name)
        assert found is not None
        return found

    def restarts(self, name: str) -> int:
        found = state.read(self.layout)
        return found.children[name].restarts if found is not None else 0

    def said(self, name: str) -> list[str]:
        log = Path(self.layout.logs) / f"{name}.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    for launcher in made.launchers:
        launcher.terminate()
        launcher.communicate(timeout=60)
    # of a killed launcher's children; the next `up` or `down` would do it
    until(lambda: Group(made.layout.tag).remove() or not Group(made.layout.tag).folder.exists())


def test_a_child_that_dies_starts_again_and_the_others_are_left_alone(host: Host) -> None:
    host.start(daemon=OBEDIENT, server=OBEDIENT)
    until(lambda: host.said("daemon") == ["began"] and host.said("server") == ["began"])
    first, other = host.running("server"), host.running("daemon")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: host.child("server") not in {None, first})
    assert host.restarts("server") == 1
    assert host.child("daemon") == other


def test_processes_that_people_wait_for_go_before_workspaces(host: Host) -> None:
    host.start(daemon=OBEDIENT, blobserve=OBEDIENT)
    until(lambda: host.said("daemon") == ["began"] and host.said("blobserve") == ["began"])
    first, other = host.running("daemon"), host.running("blobserve")
    group = Group(host.layout.tag)
    assert group.folder.exists()
    assert group.folder.name in Path(f"/proc/{first.pid}/cgroup").read_text()
    assert group.folder.name not in Path(f"/proc/{other.pid}/cgroup").read_text()


def test_a_child_that_cannot_run_is_tried_more_and_more_seldom(host: Host) -> None:
    launcher = host.start(daemon=OBEDIENT, server=BROKEN)
    until(lambda: host.restarts("server") >= 3)
    launcher.terminate()
    _out, said = launcher.communicate(timeout=60)
    deaths = [one for one in map(json.loads, said.splitlines()) if one["event"] == "child_ended"]
    assert [one["pause"] for one in deaths[:3]] == [0.1, 0.2, 0.4]
    assert all(one["name"] == "server" and one["cause"] == "exit code 1" for one in deaths)


def test_children_may_open_as_many_files_as_the_machine_allows(host: Host) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    look = "import resource; print(*resource.getrlimit(resource.RLIMIT_NOFILE), flush=True)"
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    try:
        host.start(server=f"{look}\n{OBEDIENT}")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    until(lambda: host.said("server") == [f"{min(hard, OPEN_FILES)} {hard}", "began"])


def test_the_state_tells_the_launcher_and_its_settings(host: Host) -> None:
    launcher = host.start(daemon=OBEDIENT)
    until(lambda: host.said("daemon") == ["began"])
    assert launcher.poll() is None
    found = state.read(host.layout)
    assert found is not None
    assert found.launcher.pid == launcher.pid
    assert found.environment["PODIUM_PORT"] == "8080"


def test_they_are_stopped_in_the_opposite_order_each_after_the_other_has_ended(
    host: Host,
) -> None:
    launcher = host.start(daemon=OBEDIENT, server=OBEDIENT, proxy=OBEDIENT)
    until(lambda: all(host.said(name) == ["began"] for name in ("daemon", "server", "proxy")))
    launcher.terminate()
    assert launcher.wait(60) == 0
    ends = {name: float(host.said(name)[-1].split()[1]) for name in ("daemon", "server", "proxy")}
    assert ends["proxy"] < ends["server"] < ends["daemon"]
    assert state.read(host.layout) is None


def test_who_does_not_obey_is_killed(host: Host) -> None:
    host.patience = 0.5
    launcher = host.start(daemon=STUBBORN)
    until(lambda: host.said("daemon") == ["began"])
    child = host.running("daemon")
    launcher.terminate()
    _out, said = launcher.communicate(timeout=60)
    assert launcher.returncode == 0
    assert "child_killed" in said
    assert not child.alive()


def test_children_die_with_a_launcher_that_is_killed(host: Host) -> None:
    launcher = host.start(daemon=OBEDIENT, server=OBEDIENT)
    until(lambda: host.said("daemon") == ["began"] and host.said("server") == ["began"])
    children = [host.running(name) for name in ("daemon", "server")]
    launcher.kill()
    until(lambda: not any(one.alive() for one in children))
    assert host.said("server")[-1].startswith("ended")


def test_what_did_not_die_with_it_is_ended_by_name_and_start_time(host: Host) -> None:
    launcher = host.start(daemon=STUBBORN, server=OBEDIENT)
    until(lambda: host.said("daemon") == ["began"] and host.said("server") == ["began"])
    left = host.running("daemon")
    host.running("server")
    found = state.read(host.layout)
    assert found is not None
    launcher.kill()
    server = found.children["server"].process
    until(lambda: server is not None and not server.alive())
    stranger = identity.Process(os.getpid(), 1)  # our pid, but not our start time
    strange = state.State(found.launcher, children={"server": state.Child(stranger)})
    assert end_leftovers(strange) == []

    os.kill(left.pid, signal.SIGKILL)
    until(lambda: not left.alive())
    assert end_leftovers(found) == []
    assert end_leftovers(None) == []


def test_a_leftover_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        left = identity.of(process.pid)
        found = state.State(identity.Process(1, 1), children={"server": state.Child(left)})
        assert end_leftovers(found) == ["server"]


def test_there_is_never_a_second_launcher(host: Host) -> None:
    first = host.start(daemon=OBEDIENT)
    until(lambda: host.child("daemon") is not None)
    second = host.start(daemon=OBEDIENT)
    _out, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"held by {first.pid}" in said
    assert first.poll() is None


def test_the_builder_is_done_when_it_ends_well_and_tried_again_when_not(host: Host) -> None:
    host.start(daemon=OBEDIENT, builder="print('built', flush=True)")
    until(lambda: host.said("builder") == ["built"])
    until(lambda: host.child("builder") is None)
    first = host.running("daemon")  # the builder may be done before that is told of
    os.kill(first.pid, signal.SIGKILL)  # a death wakes the launcher: it looks at all of them
    until(lambda: host.child("daemon") not in {None, first})
    assert host.said("builder") == ["built"]
    assert host.restarts("builder") == 0


def test_a_builder_that_is_killed_goes_on(host: Host) -> None:
    host.start(daemon=OBEDIENT, builder=BROKEN)
    until(lambda: host.restarts("builder") >= 2)


def test_the_builder_is_idle_and_can_be_left_out() -> None:
    builder = platform_commands("podium", build=["jupyterlab", "full"])["builder"]
    assert builder[-4:] == ["-m", "cli.setup.full", "jupyterlab", "full"]
    assert {"--adjustment=19", "--class=idle"} < set(builder)
    assert "builder" not in platform_commands("podium")


def test_only_the_daemon_keeps_root_and_nobody_outlives_the_launcher() -> None:
    commands = platform_commands("podium")
    assert list(MODULES) == ["daemon", "server", "blobserve", "proxy"]
    assert list(commands) == [*MODULES, "ssh"]
    assert "ssh" not in platform_commands("podium", ssh=False)
    assert all(one[:2] == ["setpriv", "--pdeathsig=TERM"] for one in commands.values())
    dropping = {name for name, one in commands.items() if "--reuid=podium" in one}
    assert dropping == {"server", "blobserve", "proxy", "ssh"}
    for name in dropping:
        assert {"--regid=podium", "--init-groups"} <= set(commands[name])


def test_the_saver_comes_again_however_it_ended(host: Host) -> None:
    host.start(daemon=OBEDIENT, saver=BROKEN)
    until(lambda: host.said("saver").count("began") >= 3)
    assert host.restarts("saver") == 0
    assert "saver" not in platform_commands("podium")
    saver = platform_commands("podium", saves=True)["saver"]
    assert saver[-2:] == ["-m", "cli.backup.daily"]
    assert "--class=idle" in saver
