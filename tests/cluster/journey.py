"""`make test-cluster`: the chart on a real cluster, and a person's whole way through it.

Installs the chart with real Helm, signs in, starts a workspace, opens VS Code and a port, kills
pods, upgrades, uninstalls, and looks for what is left. Each step and what the cluster is stand in
a dated log in docs/cluster-runs; the first step that fails ends the way, and all is uninstalled.

Environment: KUBECONFIG; PODIUM_IMAGES, host and path of podium-server and the others in a
registry that the cluster pulls from. Exits 2 without them, 1 when a step failed.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.sync_api import Page, expect, sync_playwright

from tests.cluster.installed import NAMESPACE, RELEASE, SPACE, Installed
from tests.e2e.journey import open_ide, open_workspace, sign_in
from tests.tree.sources import ROOT

LOGS = ROOT / "docs/cluster-runs"
REPOSITORY = "https://github.com/octocat/Hello-World"


@dataclass
class Log:
    """What was done, and how it went."""

    about: str = ""
    steps: list[tuple[str, float, str]] = field(default_factory=list)

    def step(self, name: str, do: Callable[[], object]) -> None:
        """Do something and note it; what it raises is noted and raised."""
        print(f"  {name} …", flush=True)
        begun, how = time.monotonic(), "ok"
        try:
            do()
        except BaseException as error:
            how = f"failed: {type(error).__name__}: {error}".strip()
            raise
        finally:
            self.steps.append((name, time.monotonic() - begun, how))

    def page(self, when: datetime) -> str:
        """Return the log as a page."""
        rows = "\n".join(
            f"| {name} | {seconds:.1f} s | {' '.join(how.split())[:300].replace('|', '/')} |"
            for name, seconds, how in self.steps
        )
        return (
            f"# `make test-cluster`, {when:%Y-%m-%d %H:%M} UTC\n\n"
            f"```\n{self.about.strip()}\n```\n\n"
            f"| step | took | how |\n|---|---|---|\n{rows}\n"
        )


def missing(environ: Mapping[str, str]) -> str:
    """Return what has to be set first; empty when nothing has."""
    if not environ.get("KUBECONFIG"):
        return (
            "KUBECONFIG is not set: nothing was tested. Set it to a file that leads to a cluster "
            "on which a namespace may be made and removed."
        )
    if not environ.get("PODIUM_IMAGES"):
        return (
            "PODIUM_IMAGES is not set: nothing was tested. Set it to host and path of the images "
            "podium-server, podium-proxy, podium-blobserve and podium-daemon in a registry."
        )
    return ""


def walk(installed: Installed, log: Log, page: Page) -> None:
    """Do all of it; raises what the first step that fails raises."""
    log.step("install, until all is ready", installed.install)
    log.step("helm test", lambda: installed.helm("test", RELEASE, "-n", NAMESPACE))
    log.step("a way to it", installed.forward)
    log.step("sign in", lambda: sign_in(page, installed))
    log.step("start, and VS Code's page", lambda: started(installed, page))
    log.step("a port's URL", lambda: port_answers(installed, page))
    for component in ("server", "proxy", "blobserve", "daemon"):
        log.step(f"kill the pods of {component}", lambda it=component: killed(installed, page, it))
    log.step("upgrade, while it runs", lambda: upgraded(installed, page))


def started(installed: Installed, page: Page) -> None:
    installed.workspace = open_workspace(page, installed, REPOSITORY)
    installed.instance = installed.uid()


def port_answers(installed: Installed, page: Page) -> None:
    serve = "cd /workspace && nohup python3 -m http.server 3000 >/dev/null 2>&1 &"
    installed.kubectl("-n", SPACE, "exec", installed.workspace.id, "--", "sh", "-c", serve)
    page.goto(installed.port(3000))
    expect(page.get_by_text("Directory listing")).to_be_visible()


def killed(installed: Installed, page: Page, component: str) -> None:
    """Kill a component's pods: it comes back, and the workspace is what it was."""
    space = SPACE if component == "daemon" else NAMESPACE
    chosen = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component}"
    installed.kubectl("-n", space, "delete", "pod", "-l", chosen, "--grace-period=0", "--force")
    installed.ready()
    went_on(installed, page)


def upgraded(installed: Installed, page: Page) -> None:
    installed.upgrade("--set", "server.replicas=3")
    went_on(installed, page)


def went_on(installed: Installed, page: Page) -> None:
    installed.forward()
    open_ide(page, installed, installed.workspace)
    assert installed.uid() == installed.instance, "the workspace is another pod"


def main(environ: Mapping[str, str]) -> int:
    """Walk the way; return the exit code."""
    if why := missing(environ):
        print(f"podium: {why}", file=sys.stderr)
        return 2
    installed, log, code = Installed(environ), Log(), 1
    log.about = installed.about()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            walk(installed, log, browser.new_page())
        code = 0
    except Exception as error:  # noqa: BLE001 - it is in the log, and all has to be taken away again
        print(f"podium: {error}", file=sys.stderr)
    finally:
        try:
            log.step("uninstall", installed.uninstall)
            log.step("nothing is left", installed.nothing_left)
        except Exception as error:  # noqa: BLE001 - likewise
            print(f"podium: {error}", file=sys.stderr)
            code = 1
        now = datetime.now(UTC)
        LOGS.mkdir(exist_ok=True)
        written = LOGS / f"{now:%Y-%m-%d-%H%M}.md"
        written.write_text(log.page(now))
        print(f"  {written}")
    return code


if __name__ == "__main__":
    sys.exit(main(os.environ))
