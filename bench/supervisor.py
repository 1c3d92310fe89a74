"""The supervisor alone: how soon its first terminal is usable, and what it takes while idle.

Out of its bundle, as pid 1 of an image of busybox, as tests/supervisor/test_anywhere.py runs it.
"""

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

from bench.record import store
from tests.supervisor.bundled import make_bundle
from tests.supervisor.inside import Inside, inside
from tests.supervisor.roots import KINDS
from tests.supervisor.samples import wish
from tests.waiting import until

ROUNDS = int(os.environ.get("PODIUM_BENCH_ROUNDS", "20"))
REST = 5.0
"""Seconds after which it is idle: what the start has left behind is collected by then."""
NOTES = [
    (
        "Each round a new root of busybox with the bundle mounted; the first round is not counted. "
        "The time goes from the exec of `unshare` (namespaces and mounts included) until the "
        "answer of the first command in the first terminal has come over the socket inside."
    ),
    (
        "Memory is PSS of the one process, from /proc/<pid>/smaps_rollup, with one open terminal "
        f"{REST:g} s after the start; the SSH server is not started until somebody comes."
    ),
    (
        "Processor time is that of all threads, from /proc/<pid>/task/*/schedstat, in the "
        f"{REST:g} s after that: it looks at ports, programs and the file meanwhile."
    ),
]


def run() -> None:
    """Measure and store."""
    folder = Path(tempfile.mkdtemp(prefix="podium-bench"))
    folder.chmod(0o755)
    try:
        rounds = _rounds(make_bundle(folder))
    finally:
        shutil.rmtree(folder)
    rows = [
        ("terminal", "exec → first command in the first terminal has answered", "s", 0.2),
        ("connected", "the first line of Python → connected to the server", "s", None),
        ("memory", "idle with one terminal, PSS", "MB", 40.0),
        ("processor", "idle with one terminal, processor time of each second", "ms", None),
    ]
    store(
        "supervisor",
        "The supervisor in an image that has nothing for it",
        [
            {"what": what, "unit": unit, "goal": goal, "rounds": rounds[name], "cause": ""}
            for name, what, unit, goal in rows
        ],
        NOTES,
    )


def _rounds(bundle: Path) -> dict[str, list[float]]:
    rounds: dict[str, list[float]] = {
        name: [] for name in ("terminal", "connected", "memory", "processor")
    }
    for number in range(ROUNDS + 1):
        found = asyncio.run(_round(bundle))
        if number:
            for name, value in found.items():
                rounds[name].append(value)
    return rounds


async def _round(bundle: Path) -> dict[str, float]:
    async with inside(KINDS["busybox"], bundle) as one:
        await one.platform.say(wish(repository="/workspace", ide="", environment={}))
        await one.platform.start()
        began = time.monotonic()
        one.begin()
        await one.type("echo $((40+2))nd", "42nd")
        terminal = time.monotonic() - began
        connected = await _connected(one)
        await _rest()
        memory, began, before = pss(one.pid()), time.monotonic(), _used(one.pid())
        await _rest()
        used = (_used(one.pid()) - before) / (time.monotonic() - began)
        return {
            "terminal": terminal,
            "connected": connected,
            "memory": memory,
            "processor": round(used * 1000, 3),
        }


async def _rest() -> None:
    rest = asyncio.Event()
    asyncio.get_running_loop().call_later(REST, rest.set)
    await rest.wait()


async def _connected(one: Inside) -> float:
    """Return what it noted itself: seconds of its own clock, from its first line of Python on."""
    await until(lambda: '"connected"' in one.log.read_text())
    line = next(line for line in one.log.read_text().splitlines() if '"connected"' in line)
    return float(line.partition('"after": ')[2].strip("}"))


def pss(pid: int) -> float:
    """Return a process's share of memory in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise ValueError("no Pss in smaps_rollup")


def _used(pid: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((one / "schedstat").read_text().split()[0]) for one in tasks) / 1e9
