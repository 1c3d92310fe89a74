"""Waiting until the platform serves, and explaining why it does not."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cli.commands.client import Endpoint
from cli.launcher import state
from cli.launcher.internal import UnixConnection, ask
from cli.launcher.keeper import MODULES
from cli.launcher.paths import real
from cli.problems import CommandError
from cli.settings import Settings
from kit.restarts import FAILING

LIMIT = 30.0
"""Seconds for everything to answer."""
PAUSE = 0.03
"""Seconds between two looks."""
SHOWN = 8
"""Lines of a log that are shown when a process keeps failing."""
HEALTH_PATH = "/.podium/healthz"
"""Answered by the proxy itself."""
SERVER_HEALTH_PATH = "/healthz"
"""Answered by the server, through the proxy."""


@dataclass
class Sight:
    """What was seen of each process: None when it serves, else what is missing."""

    missing: dict[str, str | None] = field(default_factory=dict)

    def look(self, settings: Settings) -> None:
        """Ask every process that has not answered yet."""
        if self.missing.get("server", "") or self.missing.get("daemon", ""):
            self._ask_server(settings)
        if self.missing.get("blobserve", ""):
            self.missing["blobserve"] = None if socket_answers(settings) else "it does not answer"
        if self.missing.get("proxy", ""):
            self.missing["proxy"] = _of_proxy(settings)

    def _ask_server(self, settings: Settings) -> None:
        try:
            health = ask(settings.layout, "GET", "/internal/health", timeout=2.0)
        except CommandError as error:
            self.missing["server"] = error.cause or error.title
            return
        self.missing["server"] = None if health.get("ready") else "it is not ready"
        found = health.get("node")
        self.missing["daemon"] = None if found == "ok" else f"the server finds it {found}"


def wait(settings: Settings, alive: Callable[[], bool], tell: Callable[[str], None]) -> None:
    """Return when every process serves; `tell` is called with the name of each that does.

    `alive` says whether the launcher runs. Raises CommandError with the last lines of the
    log when a process keeps failing, or has not answered in time.
    """
    deadline = time.monotonic() + LIMIT
    sight = Sight(dict.fromkeys(MODULES, "not asked yet"))
    while True:
        before = {name for name, cause in sight.missing.items() if cause is not None}
        sight.look(settings)
        missing = {name: cause for name, cause in sight.missing.items() if cause is not None}
        for name in sorted(before - set(missing)):
            tell(name)
        if not missing:
            return
        if not alive():
            raise _explained(settings, "launcher", "it has ended")
        for name in _failing(settings, set(missing)):
            raise _explained(settings, name, f"it has ended {FAILING} times in a row")
        if time.monotonic() > deadline:
            name = next(name for name in ("server", *MODULES) if name in missing)
            raise _explained(settings, name, f"{missing[name]}, after {LIMIT:.0f} s")
        time.sleep(PAUSE)


def _of_proxy(settings: Settings) -> str | None:
    """Return what the proxy lacks: itself, or the way through it to the server."""
    if not port_answers(settings):
        return "it does not answer"
    return None if port_answers(settings, SERVER_HEALTH_PATH) else "it does not reach the server"


def port_answers(settings: Settings, path: str = HEALTH_PATH) -> bool:
    """Tell whether the proxy's port answers; its own path asks nobody else."""
    where = Endpoint.of_machine(settings)
    connection = where.connection(2)
    try:
        connection.request("GET", path, headers={"Host": where.authority})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def socket_answers(settings: Settings) -> bool:
    """Tell whether blobserve answers on its socket."""
    connection = UnixConnection(str(settings.layout.blobserve_socket), timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def last_lines(log: Path, count: int = SHOWN) -> list[str]:
    """Return the last lines of a log that may be long, each cut to what a terminal shows."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 32 * 1024))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return [line[:300] for line in text.splitlines()[-count:]]


def _failing(settings: Settings, names: set[str]) -> list[str]:
    found = state.read(settings.layout)
    children = found.children if found is not None else {}
    return [name for name, one in children.items() if name in names and one.streak >= FAILING]


def _explained(settings: Settings, name: str, cause: str) -> CommandError:
    log = real(settings.layout.logs / f"{name}.log")
    lines = "".join(f"\n    {line}" for line in last_lines(log))
    return CommandError(
        f"The {name} did not start",
        f"{cause}. Its last words, in {log}:{lines or ' none'}",
        "Mend what they say, then run this again. Workspaces are not affected.",
    )
