"""`podium up`, `down` and `login-link`, and the launcher's own entry."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from cli.commands.client import Client
from cli.launcher import identity, keeper, locks, ready, sockets, state
from cli.launcher.folders import prepare
from cli.launcher.internal import ask
from cli.launcher.paths import real
from cli.launcher.ports import check_free
from cli.launcher.weight import Group
from cli.problems import DONE, CommandError, not_running
from cli.settings import Settings
from cli.tokens import keep_token
from kit.listening import Sockets, adopt, close, descriptors, spell

PATIENCE = 30.0
"""Seconds for a launcher to stop its four processes, each of which has eight."""
APPEARS = 5.0
"""Seconds for a launcher that holds its lock to say who it is."""


def up(settings: Settings) -> int:
    """Start the platform unless it runs; print where it is and a sign-in link."""
    _need_root("up")
    real(settings.layout.run).mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with _only_one(settings):
        alive, fresh = _running_or_started(settings)
        try:
            ready.wait(settings, alive, lambda name: _done(f"{name} serves", began, say=fresh))
        except CommandError:
            if fresh:
                _end(settings, state.read(settings.layout))
            raise
        client = _client(settings)
        link = ask(settings.layout, "POST", "/internal/login-links")
    _done("platform serving", began)
    print(f"\n  Podium     {settings.base_url}")
    print(f"  Sign in    {link['url']}")
    print("             (works once, within ten minutes; `podium login-link` makes another)")
    print(f"  Workspaces {len(client.workspaces())}")
    print(f"  Logs       {settings.layout.logs}")
    print(f"  Command    {settings.layout.home}/bin/podium\n")
    return DONE


def down(settings: Settings) -> int:
    """Stop the platform; workspaces go on."""
    _need_root("down")
    found = state.read(settings.layout)
    running = found is not None and (
        found.launcher.alive() or any(one.alive for one in found.children.values())
    )
    if not running:
        print("  Podium is not running.")
        return DONE
    with _only_one(settings):
        kept = _live_workspaces(settings)
        _end(settings, state.read(settings.layout))
    some = f"{kept} running workspace{'s keep' if kept > 1 else ' keeps'} running; `make up` finds"
    print(f"  Podium has stopped. {some} them again." if kept else "  Podium has stopped.")
    return DONE


def login_link(settings: Settings) -> int:
    """Print a new sign-in link."""
    print(ask(settings.layout, "POST", "/internal/login-links")["url"])
    return DONE


def launch(settings: Settings, lock: int | None, handed: str) -> int:
    """Be the launcher.

    `lock` is the descriptor of its lock when `up` has taken it, `handed` spells the listening
    sockets of the launcher before it.
    """
    commands = keeper.platform_commands(
        settings.user,
        build=settings.later,
        ssh=settings.ssh_port > 0,
        saves=settings.save_every is not None,
    )
    try:
        keeper.keep(settings, commands, lock, lambda: sockets.opened(settings, adopt(handed)))
    except locks.Held as other:
        raise CommandError("Another launcher runs already", str(other)) from other
    except OSError as error:
        where = f"{settings.listen}:{settings.port}"
        raise CommandError(f"Cannot listen on {where}", str(error)) from error
    return DONE


def reload(settings: Settings) -> int:
    """Replace the proxy's workers by fresh ones; nothing is dropped."""
    _need_root("reload")
    found = state.running(settings.layout)
    proxy = found.children.get(keeper.PROXY) if found is not None else None
    if proxy is None or proxy.process is None or not proxy.alive:
        raise not_running("it has no proxy")
    os.kill(proxy.process.pid, signal.SIGHUP)
    print("  The proxy begins anew, without dropping what it has in work.")
    return DONE


def _running_or_started(settings: Settings) -> tuple[Callable[[], bool], bool]:
    """Make sure that a launcher runs as wanted.

    Returns how to see whether it lives, and whether it was started here.
    """
    layout = settings.layout
    found = state.running(layout) or _appearing(settings)
    if found is not None:
        same = found.version == keeper.version()
        if same and found.environment == dict(settings.environment):
            print("  Podium is already running.")
            return found.launcher.alive, False
        what = "other settings" if same else "another version"
        print(f"  Podium runs with {what}: starting it anew. Workspaces keep running.")
    held = sockets.taken_over(settings, found)
    if held:
        _let_finish(found)
    _end(settings, state.read(layout))
    if not held:
        check_free(settings.listen, settings.port)
        if settings.redirect_port:
            check_free(settings.listen, settings.redirect_port)
    began = time.monotonic()
    prepare(settings)
    _done("user, folders and keys", began)
    launcher = _detach(settings, held)
    close(held)
    return (lambda: launcher.poll() is None), True


def _let_finish(found: state.State | None) -> None:
    """Let the proxy finish what it has in work: others serve from its sockets by then."""
    proxy = found.children.get(keeper.PROXY) if found is not None else None
    if proxy is not None and proxy.process is not None and proxy.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(proxy.process.pid, signal.SIGQUIT)


def _appearing(settings: Settings) -> state.State | None:
    """Return the launcher of an interrupted `up`, which may not have said yet that it runs."""
    deadline = time.monotonic() + APPEARS
    while locks.taken(real(settings.layout.run / state.LAUNCHER_LOCK)):
        found = state.running(settings.layout)
        if found is not None or time.monotonic() > deadline:
            return found
        time.sleep(0.02)
    return None


def _end(settings: Settings, found: state.State | None) -> None:
    """End a launcher with its children, and what a killed one has left behind."""
    if found is not None:
        identity.end(found.launcher, PATIENCE)
        for name in keeper.end_leftovers(found):
            print(f"  Ended a {name} without a launcher.")
        Group(settings.layout.tag).remove()
    state.forget(settings.layout)


def _detach(settings: Settings, held: Sockets) -> "subprocess.Popen[bytes]":
    """Start the launcher in a session of its own, holding its lock from its first moment."""
    environment = {**os.environ, **settings.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    with (
        locks.hold(real(settings.layout.run / state.LAUNCHER_LOCK)) as lock,
        real(settings.layout.logs / "launcher.log").open("ab") as output,
    ):
        return subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "cli", "launcher"),
                *("--lock", str(lock.fileno()), "--sockets", spell(held)),
            ],
            pass_fds=[lock.fileno(), *descriptors(held)],
            env={**environment, "PYTHONPATH": str(keeper.SOURCES)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _client(settings: Settings) -> Client:
    """Return a client with a token that works; makes one for root of this machine if needed."""
    with contextlib.suppress(CommandError):
        client = Client.of_machine(settings)
        if client.works():
            return client
    made = ask(settings.layout, "POST", "/internal/tokens", {"name": "cli"})
    keep_token(settings.layout, made["token"])
    return Client.of_machine(settings)


def _live_workspaces(settings: Settings) -> int:
    try:
        return sum(one["phase"] != "stopped" for one in Client.of_machine(settings).workspaces())
    except CommandError:  # the server is away: the daemon's records tell
        return sum(one.is_dir() for one in real(settings.layout.instances_run).glob("*"))


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    try:
        with locks.hold(real(settings.layout.run / state.LOCK)):
            yield
    except locks.Held as other:
        raise CommandError(
            f"Another `podium up` is running (pid {other.pid or 'unknown'})",
            "Two at once would start or stop everything twice.",
            "Wait for it, then run this again.",
        ) from other


def _need_root(verb: str) -> None:
    if os.geteuid() != 0:
        raise CommandError(f"podium {verb} needs root", cure="Run it as root or through sudo.")


def _done(what: str, began: float, *, say: bool = True) -> None:
    if say:
        print(f"  {what:<44} done in {time.monotonic() - began:5.1f} s", flush=True)
