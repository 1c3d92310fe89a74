"""Load through one proxy, and what it costs: CPU by the kernel's clock of each process."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.record import ROOT
from bench.software import debian

_DONE = """
{setup}
function done(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write
  bad = bad + summary.errors.status + summary.errors.timeout
  io.write(string.format('\\nJSON {{"requests": %d, "seconds": %.6f, "p99": %.4f, "bad": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3, bad))
end
"""
_VARIED = """
local cookie, count = wrk.headers["Cookie"], 0
local kinds = {
  {"script", "*/*"}, {"style", "text/css,*/*;q=0.1"}, {"image", "image/avif,image/webp,*/*;q=0.8"}}
function request()
  count = count + 1
  local kind = kinds[count % 3 + 1]
  wrk.headers["Sec-Fetch-Dest"], wrk.headers["Accept"] = kind[1], kind[2]
  wrk.headers["Referer"] = "http://" .. wrk.headers["Host"] .. "/page/" .. count % 50
  wrk.headers["Cookie"] = cookie .. "; seen=" .. count
  return wrk.format()
end
"""


@dataclass(frozen=True)
class Case:
    """One kind of load. `size` is bytes of the upload, or of a WebSocket's message.

    `varied` is a request with another cookie, referrer and kind each time.
    """

    name: str
    path: str
    connections: int
    kind: str = "get"
    size: int = 0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Measured:
    """One round."""

    cpu: float
    """Microseconds of the proxy's CPU for each request or message."""
    rate: float
    """Requests or messages in a second."""
    p99: float
    """Milliseconds."""


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process and its descendants have used."""
    return sum(time.clock_gettime((~one << 3) | 2) for one in tree(pid))


def memory(pid: int) -> float:
    """Return KiB of a process and its descendants, shared pages in proportion."""
    total = 0
    for one in tree(pid):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return float(total)


class Generator:
    """Makes load on its own core."""

    def __init__(self, folder: Path, pinned: list[str], seconds: int) -> None:
        self._folder = folder
        self._pinned = pinned
        self._seconds = seconds
        self._wrk = debian("wrk")

    def measure(self, case: Case, pid: int, port: int) -> Measured:
        """Run one round against a proxy."""
        before = cpu(pid)
        found = self._sockets(case, port) if case.kind == "socket" else self._requests(case, port)
        used = cpu(pid) - before
        if found.get("bad") or not found["requests"]:
            raise RuntimeError(f"{case.name} through port {port}: {found}")
        return Measured(
            cpu=used * 1e6 / found["requests"],
            rate=found["requests"] / found["seconds"],
            p99=found["p99"],
        )

    def _requests(self, case: Case, port: int) -> dict[str, Any]:
        setup = ""
        if case.kind == "upload":
            setup = f'wrk.method = "POST"\nwrk.body = string.rep("x", {case.size})'
        elif case.kind == "varied":
            setup = _VARIED
        script = self._folder / "wrk.lua"
        script.write_text(_DONE.format(setup=setup))
        words = [*self._pinned, *self._wrk, "-t1", f"-c{case.connections}", f"-d{self._seconds}s"]
        words += ["--latency", "-s", str(script)]
        for name, value in case.headers:
            words += ["-H", f"{name}: {value}"]
        said = _output([*words, f"http://127.0.0.1:{port}{case.path}"], "")
        return _json(said.rpartition("JSON ")[2])

    def _sockets(self, case: Case, port: int) -> dict[str, Any]:
        words = [*self._pinned, sys.executable, "-m", "bench.sockets", "--port", str(port)]
        words += ["--size", str(case.size), "--connections", str(case.connections)]
        return _json(_output([*words, "--seconds", str(self._seconds)], opening(case)))

    def idle(self, case: Case, pid: int, port: int, count: int) -> float:
        """Return KiB of a proxy for each of so many WebSockets on which nothing is said.

        Twice as many are open before: what a proxy has freed while it started is theirs.
        """
        with self._holding(case, port, 2 * count):
            before = memory(pid)
            with self._holding(case, port, count):
                return (memory(pid) - before) / count

    @contextmanager
    def _holding(self, case: Case, port: int, count: int) -> Iterator[None]:
        words = [*self._pinned, sys.executable, "-m", "bench.sockets", "--port", str(port)]
        with subprocess.Popen(
            [*words, "--idle", str(count)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as held:
            assert held.stdin is not None
            assert held.stdout is not None
            held.stdin.write(opening(case))
            held.stdin.flush()
            _json(held.stdout.readline())
            yield
            held.stdin.close()


def opening(case: Case) -> str:
    """Return the head that asks for a WebSocket, and the empty line behind it."""
    lines = [f"GET {case.path} HTTP/1.1", *[f"{name}: {value}" for name, value in case.headers]]
    return "\n".join([*lines, "", ""])


def _output(command: list[str], told: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def _json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found
