"""A program that takes all memory of a workspace is killed, and everybody who looks is told."""

import json
import os
import re
import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

PATIENCE = 60_000
SPAN = re.compile(r"Lines show the last (\d+) min")
KILLED = re.compile(r"python3 was killed: all of the memory \(\d\.\d GB\) was in use")


def test_a_program_that_takes_all_memory_is_killed_and_named(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    told = installation.content(workspace.id) / "workspace" / "top.json"
    told.unlink(missing_ok=True)
    waits = "until gp top -j | grep -q 'was killed'; do sleep 1; done"
    hungry = "python3 -c 'print(len(bytes([7]) * (9 * 10**9)))'"
    command = f"{hungry}; {waits}; gp top -j > /workspace/top.json"
    run(page, installation, workspace, command)
    assert KILLED.match(json.loads(told.read_text())["killed"])

    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator(".condition").filter(has_text=KILLED)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".events").get_by_text(KILLED).first).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#log")).to_contain_text(KILLED, timeout=PATIENCE)
    shown = installation.podium_json("workspace", "show", workspace.id)
    assert KILLED.match(shown["instance"]["conditions"]["process_killed"])
    assert shown["phase"] == "running"
    # lines are drawn as soon as there are two minutes
    expect(page.locator("#resources .day").first).to_be_visible(timeout=180_000)
    expect(page.locator("#resources")).to_contain_text(re.compile(r"Lines show the last \d+ min"))


def minutes(page: Page) -> int:
    """Of which the page's lines are."""
    found = SPAN.search(page.locator("#resources").inner_text())
    return int(found.group(1)) if found else 0


def test_the_day_outlives_the_server_and_another_start(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator("#resources")).to_contain_text(SPAN, timeout=PATIENCE)
    before = minutes(page)
    server = installation.platform_processes()["server"]["pid"]
    os.kill(server, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{server}").exists(), timeout=20)
    assert installation.make("up").returncode == 0
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.locator("#resources")).to_contain_text(SPAN, timeout=PATIENCE)
    assert minutes(page) >= before

    installation.podium_json("workspace", "stop", workspace.id, "--wait")
    installation.podium_json("workspace", "start", workspace.id, "--wait")
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    # at once, and not two minutes after the start
    expect(page.locator("#resources")).to_contain_text(SPAN, timeout=PATIENCE)
    assert minutes(page) >= before
