"""The launcher itself: keeps the platform's processes running until it is told to end.

Small and boring, because it runs as root. Children die with it (parent-death signal);
workspaces are nobody's children and live on. There is one thread and one place to wait:
the signals it cares about are blocked and taken one by one, so none is ever missed
between a look and the wait.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.launcher import identity, locks, state
from cli.launcher.logs import trim
from cli.launcher.paths import real
from cli.launcher.weight import Group
from cli.settings import Settings
from kit.listening import Sockets, close, descriptors, spell
from kit.restarts import Restarts

MODULES = {"daemon": "daemon", "server": "app", "blobserve": "blobserve", "proxy": "proxy"}
"""Process → Python module, in the order of starting; they are stopped in the opposite one."""
PROXY = "proxy"
"""The child that is given the listening sockets."""
SSH = "ssh"
"""The SSH gateway: one more of them unless it is switched off, and nobody waits for it."""
_MODULE_OF = {**MODULES, SSH: "proxy.ssh"}
BUILDER = "builder"
"""The one child that ends by itself, when what comes later is built."""
SAVER = "saver"
"""The one that ends and comes again: it looks whether a backup of the platform is due."""
AGAIN = 600.0
"""Seconds after it has ended."""
LATER = 20.0
"""Seconds before it begins: who starts the platform waits for a workspace first."""
PATIENCE = 8.0
"""Seconds between TERM and KILL of a child."""
LONGEST_WAIT = 5.0
"""Seconds after which the children are looked at even without a signal."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FIRST = frozenset({"daemon", "server", PROXY, SSH})
"""Children that go before workspaces: their work is short, and somebody waits for it."""
OPEN_FILES = 262_144
"""Files that a child may have open, unless the machine allows less; some programs take a number
near 2^30, which containers give, for so many descriptors to be closed."""
SOURCES = Path(__file__).resolve().parents[2]
"""The folder that this code, and that of every child, is read from."""
_ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
_WATCHED = _ENDING | {signal.SIGCHLD}

Commands = Mapping[str, list[str]]
"""Name of a child → its argument list."""


@dataclass(frozen=True)
class Waits:
    """Seconds; each as its constant says."""

    again: float = AGAIN
    later: float = LATER
    patience: float = PATIENCE


@dataclass
class Kept:
    """One child, and when it may start again."""

    name: str
    command: list[str]
    popen: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    restarts: Restarts = field(default_factory=Restarts)
    not_before: float = 0.0
    once: bool = False
    """Whether it ends when its work is done."""
    done: bool = False
    again: float | None = None
    """Seconds after which it comes again when it has ended, however it did."""
    handed: Sockets = field(default_factory=dict)
    """Listening sockets that it is given."""
    group: Group | None = None
    """Where it runs, when not where everybody does."""


def keep(
    settings: Settings,
    commands: Commands,
    lock: int | None = None,
    opened: Callable[[], Sockets] = dict,
    waits: Waits = Waits(),
) -> None:
    """Run until SIGTERM; returns when every child has ended. Raises Held for a second launcher.

    `lock` is the descriptor of the launcher's lock when the parent has taken it already;
    `opened` makes the proxy's sockets, and may raise OSError.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    os.umask(0o022)
    path = real(settings.layout.run / state.LAUNCHER_LOCK)
    with locks.hold(path) if lock is None else locks.adopt(lock):
        sockets = opened()
        group = Group(settings.layout.tag)
        refused = group.make()
        if refused:
            _say("no_weight", cause=refused)
        children = [
            Kept(
                name,
                command,
                once=name == BUILDER,
                again=waits.again if name == SAVER else None,
                not_before=_earliest(name, waits.later),
                handed=sockets if name == PROXY else {},
                group=group if name in FIRST else None,
            )
            for name, command in commands.items()
        ]
        _write(settings, children)
        while True:
            now = time.monotonic()
            changed = [_tend(one, settings, now) for one in children]
            if any(changed):
                _write(settings, children)
            pauses = [
                one.not_before - now for one in children if one.popen is None and not one.done
            ]
            for name in ("launcher", *commands):
                trim(real(settings.layout.logs / f"{name}.log"))
            came = signal.sigtimedwait(_WATCHED, min([LONGEST_WAIT, *[max(0, p) for p in pauses]]))
            if came is not None and came.si_signo in _ENDING:
                break
        _say("ending")
        for one in reversed(children):
            _stop(one, waits.patience)
        close(sockets)
        group.remove()
        state.forget(settings.layout)


def version() -> str:
    """Return the name of the folder whose code this process runs."""
    return SOURCES.name


def platform_commands(
    user: str, *, build: Sequence[str] = (), ssh: bool = True, saves: bool = False
) -> Commands:
    """Return the children of an installation; daemon, builder and saver alone keep root.

    `build` names what is built in the background, `saves` tells whether it backs up itself.
    """
    names = [*MODULES, SSH] if ssh else list(MODULES)
    commands = {name: _confined(name, user) for name in names}
    if build:
        commands[BUILDER] = _idle("cli.setup.full", *build)
    if saves:
        commands[SAVER] = _idle("cli.backup.daily")
    return commands


def _idle(module: str, *words: str) -> list[str]:
    idle = ["nice", "--adjustment=19", "ionice", "--class=idle"]
    python = [sys.executable, "-P", "-m", module, *words]
    return ["setpriv", "--pdeathsig=TERM", "--", *idle, *python]


def _earliest(name: str, later: float) -> float:
    return time.monotonic() + later if name in {BUILDER, SAVER} else 0.0


def _confined(name: str, user: str) -> list[str]:
    drop = [] if name == "daemon" else [f"--reuid={user}", f"--regid={user}", "--init-groups"]
    python = [sys.executable, "-P", "-m", _MODULE_OF[name]]
    return ["setpriv", "--pdeathsig=TERM", *drop, "--", *python]


def _tend(one: Kept, settings: Settings, now: float) -> bool:
    """Start or restart a child when it is time; tells whether anything changed."""
    if one.popen is not None:
        code = one.popen.poll()
        if code is None:
            return False
        one.popen, one.done = None, one.once and code == 0
        if one.again is not None:
            one.not_before = now + one.again
            return True
        if one.done:
            return True
        _died(one, now - one.started, now, f"exit code {code}")
        return True
    if one.done or now < one.not_before:
        return False
    one.started = now
    try:
        one.popen = _start(one, settings)
    except OSError as error:  # no memory, no process id: the next try may have them
        _died(one, 0.0, now, str(error))
    return True


def _died(one: Kept, up: float, now: float, cause: str) -> None:
    one.restarts = one.restarts.died(up)
    one.not_before = now + one.restarts.pause
    _say("child_ended", name=one.name, cause=cause, up=round(up, 3), pause=one.restarts.pause)


def _start(one: Kept, settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {
        **settings.environment,
        "PODIUM_HOME": str(settings.layout.home),
        "PODIUM_CACHE": str(settings.layout.cache),
        "PODIUM_USER": settings.user,
        "PYTHONPATH": str(SOURCES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PATH": PATH,
        "LANG": "C.UTF-8",
    }
    handed = ["--sockets", spell(one.handed)] if one.handed else []
    with real(settings.layout.logs / f"{one.name}.log").open("ab") as output:
        return subprocess.Popen(
            [*one.command, *handed],
            pass_fds=descriptors(one.handed),
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: _prepare(one.group),  # noqa: PLW1509 - this process has one thread
        )


def _prepare(group: Group | None) -> None:
    if group is not None:
        group.enter()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    # the usual 1024 is for programs that wait with select(); each open page takes four here
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _stop(one: Kept, patience: float) -> None:
    if one.popen is None:
        return
    one.popen.terminate()
    try:
        one.popen.wait(patience)
    except subprocess.TimeoutExpired:
        _say("child_killed", name=one.name, patience=patience)
        one.popen.kill()
        one.popen.wait()


def _write(settings: Settings, children: list[Kept]) -> None:
    own = identity.of(os.getpid())
    assert own is not None
    found = {
        one.name: state.Child(
            identity.of(one.popen.pid) if one.popen is not None else None,
            one.restarts.count,
            one.restarts.streak,
        )
        for one in children
    }
    sockets = ",".join(spell(one.handed) for one in children if one.handed)
    told = state.State(own, version(), dict(settings.environment), found, sockets)
    try:
        state.write(settings.layout, told)
    except OSError as error:  # a full run folder must not take the platform down
        _say("state_not_written", cause=str(error))


def end_leftovers(found: state.State | None) -> list[str]:
    """End what a killed launcher has left behind; returns the names."""
    ended = []
    for name, child in reversed(list(found.children.items() if found is not None else [])):
        if child.process is not None and child.process.alive():
            identity.end(child.process, PATIENCE)
            ended.append(name)
    return ended


def _say(event: str, **values: object) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"event": event, "process": "launcher", "timestamp": at, **values}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()
