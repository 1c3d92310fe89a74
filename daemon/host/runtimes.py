"""Which OCI runtime this machine gets: decided by a real start, not by a version.

crun first, because it is faster; then runc. The trial has what a workspace has
(user and network namespace, id-mapped overlay, seccomp, limits) over a root of the
host's own read-only programs, and counts only if its process runs inside the
cgroup with the limit in place.
"""

import asyncio
import json
import platform
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from daemon.core import oci, seccomp
from daemon.host import cgroups

_log = structlog.get_logger(__name__)
_PROFILES: Final = (
    Path("/usr/share/containers/seccomp.json"),
    Path("/etc/containers/seccomp.json"),
)
_CANDIDATES: Final = ("crun", "runc")
_OPEN_FILES: Final = 1_048_576
"""What a workspace gets when the machine allows it: systemd's own hard limit is half."""


class RuntimeFailed(Exception):
    """The runtime refused; the text is what it said."""


@dataclass(frozen=True, slots=True)
class OciRuntime:
    """A runtime binary, where it keeps its state, and what it must not see."""

    name: str
    path: str
    """The binary, found once: later changes of PATH do not matter."""
    version: str
    state: Path
    hide: tuple[str, ...]

    def run_command(self, bundle: Path, pid_file: Path, log: Path, identity: str) -> list[str]:
        """Return the command that starts a container and leaves it alone."""
        return [
            *self._globally(log),
            "run",
            "--detach",
            "--bundle",
            str(bundle),
            "--pid-file",
            str(pid_file),
            identity,
        ]

    async def forget(self, identity: str, log: Path) -> None:
        """Remove the runtime's state of a container whose processes are gone."""
        if not (self.state / identity).exists():
            return
        process = await asyncio.create_subprocess_exec(
            *self._globally(log),
            "delete",
            "--force",
            identity,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await process.wait()
        # it may refuse what it only half made; with the processes gone its files are all there is
        shutil.rmtree(self.state / identity, ignore_errors=True)

    def _globally(self, log: Path) -> list[str]:
        return [self.path, "--root", str(self.state), "--log", str(log), "--log-format", "json"]


def candidates(run: Path) -> list[OciRuntime]:
    """Return the runtimes that are installed, best first; their versions are not known yet."""
    found = []
    for name in _CANDIDATES:
        path = shutil.which(name)
        if path is not None:
            hide = tuple(cgroups.hidden_for_crun()) if name == "crun" else ()
            found.append(OciRuntime(name, path, "", run / name, hide))
    return found


async def version_of(runtime: OciRuntime) -> str:
    """Return `crun 1.8.1`, as the binary tells it."""
    process = await asyncio.create_subprocess_exec(
        runtime.path, "--version", stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    out, _err = await process.communicate()
    words = out.decode(errors="replace").split()
    return " ".join([runtime.name, *words[2:3]])


def explain(log: Path, output: Path) -> str:
    """Return what the runtime said last, from its own log or the container's output."""
    try:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.strip()]
    except (OSError, ValueError):
        lines = []
    errors = [str(line.get("msg", "")) for line in lines if line.get("level") != "warning"]
    if errors:
        return errors[-1]
    try:
        said = output.read_text(errors="replace").strip().splitlines()
    except OSError:
        said = []
    return said[-1] if said else "the runtime ended without a word"


def load_seccomp(*, containers: bool) -> dict[str, Any]:
    """Return the filter for workspaces. Raises RuntimeFailed: none is no choice."""
    freed = seccomp.NESTING if containers else ()
    for path in _PROFILES:
        if path.exists():
            profile = json.loads(path.read_text())
            return seccomp.convert(profile, platform.machine(), oci.CAPABILITIES, freed)
    raise RuntimeFailed("no seccomp profile: install golang-github-containers-common")


def open_files() -> int:
    """Return RLIMIT_NOFILE for workspaces, never above our own hard limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)


PROGRAMS: Final = ("usr", "bin", "sbin", "lib", "lib64")


def make_trial_root(folder: Path) -> dict[str, Path]:
    """Make a root whose programs are the host's; return what must be shown in it, by target."""
    shown = {}
    for name in (*PROGRAMS, "proc", "sys", "dev", "run", "etc"):
        host, inside = Path("/", name), folder / name
        if host.is_symlink():
            if not inside.is_symlink():
                inside.symlink_to(host.readlink())
            continue
        inside.mkdir(parents=True, exist_ok=True)
        if name in PROGRAMS and host.is_dir():
            shown[f"/{name}"] = host
    return shown
