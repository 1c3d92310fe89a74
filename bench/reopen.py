"""Stopped workspaces opened again, small and of 1 GB, beside what there is without Podium."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from app.settings import from_environ
from bench import alone, pages, shell
from bench.api import Api
from bench.record import lies_on, store
from daemon.host import cgroups
from tests.e2e.conftest import CHROMIUM
from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.journey import sign_in
from wire.layout import Layout

ROUNDS = 5
ARCHIVES = 3
GOAL = 2.0
FILES, SIZE = 10_000, 100_000
OWNER = 33333
PATIENCE = 120.0
ROWS: dict[str, tuple[str, float | None]] = {
    "prompt small": ("start of a stopped workspace → first shell prompt", GOAL),
    "prompt large": ("the same, with 1 GB in 10,000 files", GOAL),
    "answer small": ("click on Start → VS Code server answers", GOAL),
    "answer large": ("the same, with 1 GB in 10,000 files", GOAL),
    "tree small": ("click on Start → file tree in Chromium", GOAL),
    "tree large": ("the same, with 1 GB in 10,000 files", GOAL),
    "archived": ("archived workspace of 1 GB: start → restored → first shell prompt", None),
    "tree alone": ("for comparison: the same VS Code server alone, opened → file tree", None),
    "crun": ("for comparison: `crun run` on the same image → a word of its shell", None),
    "copy": ("for comparison: `git clone` and a copy of the 1 GB on the same disk", None),
}
MISSED = (
    "Chromium draws VS Code: the same server alone, which already runs when it is opened, took "
    "{alone:.2f} s to its file tree in the same run"
)
NOTES = (
    (
        "From the POST, or the click, to what a person has then. Prompt: the supervisor is ready "
        "and its shell has said one. Files: VS Code's explorer shows a row; who waits for the "
        "files waits that long."
    ),
    (
        "Each stop is over and its restore point made before the next start. An archived "
        "workspace is on no node, and comes back from its restore point on the same machine."
    ),
    (
        "One Chromium for all rounds, so its cache is warm; it runs on the same cores. `crun run` "
        "has an overlay and no network, and neither supervisor nor proxy."
    ),
)
Rounds = defaultdict[str, list[float]]


def run() -> None:
    """Measure and store: one installation, one browser, two workspaces."""
    installation = fresh_installation()
    installation.backup_every = from_environ({}).backup_every
    rounds: Rounds = defaultdict(list)
    try:
        up = installation.make("up")
        if up.returncode:
            sys.exit(up.stdout + up.stderr)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            kind = _measure(installation, browser, rounds)
            browser.close()
    finally:
        installation.remove()
    cause = MISSED.format(alone=median(rounds["tree alone"]))
    store(
        "reopen",
        "Opening a stopped workspace again",
        [
            {
                "what": what,
                "unit": "s",
                "goal": goal,
                "rounds": rounds[name],
                "cause": cause if name.startswith("tree") else "",
            }
            for name, (what, goal) in ROWS.items()
        ],
        [*NOTES, kind],
        command="content",
    )


def _measure(installation: Installation, browser: Browser, rounds: Rounds) -> str:
    """Fill the rounds; return what the workspaces lie on."""
    api = Api(installation)
    url = make_repository(installation.repositories, "demo")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, installation)
    page.goto("about:blank")
    peer = alone.VsCode(installation.layout, installation.repositories / "demo")
    found = {size: pages.start(context, api, url)[0] for size in ("small", "large")}
    _fill(installation.content(found["large"]) / "workspace" / "demo" / "data")
    session = "; ".join(
        f"{one['name']}={one['value']}" for one in context.cookies(installation.dashboard)
    )
    for number in range(ROUNDS + 1):
        took: dict[str, float] = {}
        for size, workspace in found.items():
            _stopped(api, workspace)
            took[f"prompt {size}"] = _prompted(api, workspace, session)
            _stopped(api, workspace)
            times = pages.reopen(context, api, workspace)
            took[f"answer {size}"], took[f"tree {size}"] = times
        for workspace in found.values():
            _stopped(api, workspace)
        with peer.running():
            took["tree alone"] = pages.opened(context, peer.url)
        took["crun"] = _contained(installation.layout)
        with installation.files(found["large"]) as files:
            took["copy"] = _copied(url, files / "workspace" / "demo" / "data")
        for name, seconds in took.items() if number else ():  # the first one warms the page cache
            rounds[name].append(seconds)
    for _round in range(ARCHIVES):
        _stopped(api, found["large"])
        api.ask("POST", f"/api/v1/workspaces/{found['large']}/archive")
        _until(lambda: api.ask("GET", f"/api/v1/workspaces/{found['large']}")["archived"])
        rounds["archived"].append(_prompted(api, found["large"], session))
    return lies_on(installation.layout, found["large"])


def _prompted(api: Api, workspace: str, session: str) -> float:
    began = time.monotonic()
    api.ask("POST", f"/api/v1/workspaces/{workspace}/start")
    shell.prompted(api, workspace, session)
    return time.monotonic() - began


def _stopped(api: Api, workspace: str) -> None:
    """Stop, and wait until what is in it is in a restore point as well."""
    view = api.ask("GET", f"/api/v1/workspaces/{workspace}")
    if view["instance"]["phase"] != "stopped":
        api.running(workspace)
        api.stop(workspace)
    _until(lambda: api.ask("GET", f"/api/v1/workspaces/{workspace}")["backup"]["safe"])


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("a workspace did not become what it was waited for")
        time.sleep(0.1)


def _fill(folder: Path) -> None:
    folder.mkdir()
    for n in range(FILES):
        below = folder / f"d{n % 100}"
        below.mkdir(exist_ok=True)
        (below / f"f{n}").write_bytes(os.urandom(SIZE))
    subprocess.run(["chown", "-R", f"{OWNER}:{OWNER}", str(folder)], check=True)
    os.sync()


def _contained(layout: Layout) -> float:
    """Return the seconds of `crun run` on an overlay of the default image, until it has ended."""
    digest = json.loads(Path(layout.artefacts).read_text())["image"]
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as name:
        folder = Path(name)
        for one in ("upper", "work", "rootfs"):
            (folder / one).mkdir()
        lower = f"lowerdir={layout.image_root(digest)},upperdir={name}/upper,workdir={name}/work"
        subprocess.run(["crun", "spec"], cwd=name, check=True)
        config = json.loads((folder / "config.json").read_text())
        config["process"] |= {"terminal": False, "args": ["/bin/bash", "-c", "echo ready"]}
        (folder / "config.json").write_text(json.dumps(config))
        mount = ["mount", "-t", "overlay", "overlay", "-o", lower, f"{name}/rootfs"]
        began = time.monotonic()
        subprocess.run(mount, check=True)
        try:
            # out of sight as the daemon has them: crun refuses hybrid cgroups
            hide = [f"umount -l {one};" for one in cgroups.hidden_for_crun()]
            run = " ".join([*hide, "exec crun run --bundle", name, folder.name])
            command = ["unshare", "--mount", "sh", "-ec", run]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return time.monotonic() - began
        finally:
            subprocess.run(["umount", f"{name}/rootfs"], check=True)


def _copied(url: str, data: Path) -> float:
    """Return the seconds of a clone and of a copy of everything else beside it, not synced."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-", dir=data.parent) as name:
        began = time.monotonic()
        subprocess.run(["git", "clone", "-q", url, f"{name}/demo"], check=True)
        subprocess.run(["cp", "-a", str(data), f"{name}/demo/data"], check=True)
        return time.monotonic() - began
