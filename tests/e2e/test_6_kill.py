"""`kill -9` of every platform process leaves the workspace alone; `make up` finds it again."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, see_terminal_again, type_in_terminal
from tests.e2e.patience import until


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_the_same_shell_lives_on(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    open_ide(page, installation, workspace)
    tree = installation.content(workspace.id) / "workspace"
    (tree / "shell").unlink(missing_ok=True)
    type_in_terminal(page, installation, workspace, "KEPT_IN_SHELL=yes; echo $$ > /workspace/shell")
    until(lambda: (tree / "shell").exists() and (tree / "shell").read_text() != "", timeout=60)
    shell = (tree / "shell").read_text().strip()
    shown = installation.podium_json("workspace", "show", workspace.id)
    pid = installation.instance_pid(shown["instance"]["id"])

    dashboard = page.context.new_page()
    dashboard.goto(installation.dashboard)
    dashboard.get_by_label("Repository URL").fill("https://example.org/half-typed")

    victims = [one["pid"] for one in installation.platform_processes().values()]
    for victim in victims:
        with suppress(ProcessLookupError):  # some end with another one
            os.kill(victim, signal.SIGKILL)
    until(lambda: not any(alive(victim) for victim in victims), timeout=20)
    assert alive(pid)
    expect(dashboard.get_by_text("Connection lost")).to_be_visible()

    up = installation.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert alive(pid)
    again = installation.podium_json("workspace", "show", workspace.id)
    assert again["instance"]["id"] == shown["instance"]["id"]
    assert again["phase"] == "running"
    assert installation.instance_pid(again["instance"]["id"]) == pid

    # the dashboard comes back by itself, with what was typed into it
    expect(dashboard.get_by_text("Connection lost")).to_be_hidden()
    expect(dashboard.locator("#groups")).to_contain_text("running")
    expect(dashboard.get_by_label("Repository URL")).to_have_value("https://example.org/half-typed")
    dashboard.close()

    # VS Code's page reconnects by itself and the terminal in it is the same shell.
    (tree / "again").unlink(missing_ok=True)
    open_ide(page, installation, workspace)
    see_terminal_again(page)
    type_in_terminal(page, installation, workspace, "echo $$ $KEPT_IN_SHELL > /workspace/again")
    until(lambda: (tree / "again").exists() and (tree / "again").read_text() != "", timeout=60)
    assert (tree / "again").read_text().split() == [shell, "yes"]


def test_the_dashboard_shows_it_running(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    expect(page.get_by_text("running", exact=False).first).to_be_visible()
