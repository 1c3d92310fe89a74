"""Terminals through the whole path: how soon a key is echoed, also beside a flood; what they take.

A viewer's WebSocket goes through the proxy to the supervisor, its shell, and back, as a page's.
"""

import json
import multiprocessing
import os
import sys
import time
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import sync_playwright
from websockets.sync.client import ClientConnection

from bench.api import Api
from bench.record import store
from bench.supervisor import pss
from tests.e2e.conftest import CHROMIUM
from tests.e2e.counting import Terminals
from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.journey import sign_in

ROUNDS = int(os.environ.get("PODIUM_BENCH_ROUNDS", "20"))
KEYS = 100
"""Of a round; each is sent when the one before has been echoed and PAUSE is over."""
PAUSE = 0.01
FLOOD = 50_000_000
"""Bytes of one `cat`."""
MANY = 20
_LINE = 40
"""Keys after which the line is cleared, so that the shell only ever adds one letter."""
_FILE = "/tmp/flood"  # noqa: S108 - of the workspace
_FLOODING = (
    f"stty -echo; yes 0123456789012345678901234567890123456789 | head -c {FLOOD} > {_FILE}; "
    f"echo ready; while read -r _; do cat {_FILE}; echo over; done"
)
ROWS: list[tuple[str, str, str, float | None]] = [
    ("echo_middle", f"key → its echo, median of {KEYS} keys", "ms", None),
    ("echo", f"key → its echo, p95 of {KEYS} keys", "ms", 15.0),
    ("beside_middle", "the same beside 50 MB of `cat` in another terminal, median", "ms", None),
    ("beside", "the same beside 50 MB of `cat` in another terminal, p95", "ms", None),
    ("flood", "50 MB of `cat`, the first byte typed → the last byte received", "s", None),
    ("memory", f"supervisor with {MANY} terminals, PSS", "MB", None),
]
NOTES = [
    (
        "A WebSocket client on the same machine, through the entry, the proxy and the "
        "supervisor, into an interactive bash, whose readline echoes, and back; no browser draws."
    ),
    (
        f"A round is {KEYS} keys, one after the other, {PAUSE * 1000:g} ms apart; the first round "
        "is not counted. The rows are medians and 95th percentiles of a round."
    ),
    (
        "The flood's viewer is a process of its own and takes what its connection brings; keys "
        "are measured only while the flood lasts."
    ),
    f"Memory is PSS of the workspace's first process with {MANY} shells that have said a prompt.",
]


def run() -> None:
    """Measure and store: one installation, one workspace."""
    installation = fresh_installation()
    try:
        up = installation.make("up")
        if up.returncode:
            sys.exit(up.stdout + up.stderr)
        rounds = _measure(installation)
    finally:
        installation.remove()
    store(
        "terminal",
        "Terminals through the whole path",
        [
            {"what": what, "unit": unit, "goal": goal, "rounds": rounds[name], "cause": ""}
            for name, what, unit, goal in ROWS
        ],
        NOTES,
    )


def _measure(installation: Installation) -> dict[str, list[float]]:
    api = Api(installation)
    workspace = api.create(make_repository(installation.repositories, "demo"))
    instance = str(api.running(workspace)["instance"]["id"])
    cookie = api.grant(_session(installation), workspace)
    rounds: dict[str, list[float]] = {name: [] for name, *_ in ROWS}
    shell = _opened(installation, workspace, cookie, ["/bin/bash", "--norc"])
    flooding = _opened(installation, workspace, cookie, ["/bin/bash", "-c", _FLOODING])
    terminals = Terminals(installation, workspace, cookie)
    with terminals.view(shell, "kind=browser") as viewer:
        _until(viewer, b"$ ")
        for number in range(ROUNDS + 1):
            alone = _echoes(viewer, lambda sent: sent < KEYS)
            beside, took = _beside(installation, workspace, cookie, flooding, viewer)
            if number:
                rounds["echo_middle"].append(median(alone))
                rounds["echo"].append(_high(alone))
                rounds["beside_middle"].append(median(beside))
                rounds["beside"].append(_high(beside))
                rounds["flood"].append(took)
    for _ in range(MANY - 2):
        _opened(installation, workspace, cookie, ["/bin/bash", "--norc"])
    time.sleep(5)
    rounds["memory"].append(pss(installation.instance_pid(instance)))
    api.delete(workspace)
    return rounds


def _session(installation: Installation) -> str:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        sign_in(page, installation)
        held = page.context.cookies(installation.dashboard)
        browser.close()
    return "; ".join(f"{one['name']}={one['value']}" for one in held)


def _opened(installation: Installation, workspace: str, cookie: str, command: list[str]) -> str:
    terminals = Terminals(installation, workspace, cookie)
    status, told = terminals.ask("POST", "", {"command": command})
    assert status == 201, told
    return str(told["id"])


def _until(viewer: ClientConnection, wanted: bytes) -> None:
    said = b""
    while wanted not in said:
        part = viewer.recv(timeout=60)
        said += part if isinstance(part, bytes) else b""


def _echoes(viewer: ClientConnection, going: Any) -> list[float]:
    """Type as long as `going(sent)`, and return the milliseconds of each key."""
    found: list[float] = []
    while going(len(found)):
        key = b"abcdefghij"[len(found) % 10 : len(found) % 10 + 1]
        if len(found) % _LINE == 0:
            viewer.send(b"\x15\r")  # the line is cleared: a prompt follows
            _until(viewer, b"$ ")
        began = time.perf_counter()
        viewer.send(key)
        _until(viewer, key)
        found.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    return found


def _beside(
    installation: Installation, workspace: str, cookie: str, name: str, viewer: ClientConnection
) -> tuple[list[float], float]:
    """Return what keys take while another terminal floods, and the seconds of the flood."""
    # forked: a new interpreter would run the benchmark again as it is imported
    forking = multiprocessing.get_context("fork")
    ready, told = forking.Event(), forking.Queue()
    words = (installation.folder, installation.port, installation.ssh_port, workspace, cookie, name)
    process = forking.Process(target=_take, args=(words, ready, told))
    process.start()
    assert ready.wait(120), "the flood has not begun"
    found = _echoes(viewer, lambda sent: told.empty() or sent < 2)
    took = float(told.get(timeout=60))
    process.join()
    return found, took


def _take(words: tuple[Any, ...], ready: Any, told: Any) -> None:
    """Let another terminal flood, and take all of it."""
    folder, port, ssh_port, workspace, cookie, name = words
    terminals = Terminals(Installation(folder, port, ssh_port), workspace, cookie)
    with terminals.view(name, "kind=browser&offset=-100") as viewer:
        hello = json.loads(viewer.recv(timeout=60))
        at = int(hello["offset"])
        said = b""
        while not said.rstrip().endswith((b"ready", b"over")):
            part = viewer.recv(timeout=60)
            said += part if isinstance(part, bytes) else b""
        begin = at + len(said)
        viewer.send(b"\r")
        began, at = time.monotonic(), begin
        ready.set()
        while at - begin < FLOOD:
            part = viewer.recv(timeout=60)
            if isinstance(part, bytes):
                at += len(part)
            else:
                at = int(json.loads(part).get("offset", at))
        told.put(time.monotonic() - began)
        said = b""
        while not said.rstrip().endswith(b"over"):
            part = viewer.recv(timeout=60)
            said = (said + part)[-100:] if isinstance(part, bytes) else said


def _high(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
