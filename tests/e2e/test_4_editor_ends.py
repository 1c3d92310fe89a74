"""Whoever opens a workspace just while its editor is ended gets there without doing anything."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, wait_for_files
from tests.e2e.patience import until
from wire.agent import IDE_PORT

SERVER = b"/ide/vscode/out/server-main.js"
NOTED = """addEventListener("DOMContentLoaded", () => {
  if (top === window) sessionStorage.titles = (sessionStorage.titles || "") + document.title;
})"""
"""A page is gone as soon as the editor answers, on a busy machine before anybody has looked."""


def editors(installation: Installation, workspace: Workspace) -> list[int]:
    """Pids of VS Code's server in the workspace."""
    shown = installation.podium_json("workspace", "show", workspace.id)
    inside = installation.instance_pid(shown["instance"]["id"])
    namespace = Path(f"/proc/{inside}/ns/pid").readlink()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            ours = folder.name.isdecimal() and (folder / "ns/pid").readlink() == namespace
            if ours and SERVER in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def unread(pid: int) -> bool:
    """Tell whether something waits for the editor, in the network of this process."""
    tables = (Path(f"/proc/{pid}/net/{name}").read_text() for name in ("tcp", "tcp6"))
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return any(
        int(row[1].rpartition(":")[2], 16) == IDE_PORT and int(row[4].rpartition(":")[2], 16)
        for row in rows
    )


def test_its_page_turns_into_the_editor_by_itself(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{workspace.id}")
    page.add_init_script(NOTED)
    stuck = editors(installation, workspace)
    assert stuck
    for pid in stuck:
        os.kill(pid, signal.SIGSTOP)
    address = installation.ide(workspace.id)
    with page.expect_request(lambda sent: sent.url.startswith(address)):
        page.evaluate("where => { location.href = where }", address)
    # at the editor, and not only on its way there: it may be back before that
    until(lambda: unread(stuck[0]), timeout=60)
    for pid in stuck:
        with suppress(ProcessLookupError):  # it goes with the one that has started it
            os.kill(pid, signal.SIGKILL)
    page.wait_for_url(re.compile(re.escape(address)))
    wait_for_files(page)
    told = "The editor of this workspace is not answering"
    assert told in page.evaluate("sessionStorage.titles")
