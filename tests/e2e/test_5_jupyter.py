"""JupyterLab, from a build by one command to a cell that has run and is on the disk."""

import json
import re
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE
from tests.e2e.patience import until

NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "first",
            "metadata": {},
            "outputs": [],
            "source": ["print('as it was')"],
        }
    ],
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
CELL = "import sys; print('six times seven is', 6 * 7, sys.executable)"
OUTPUT = re.compile(r"six times seven is 42 (\S+)")


def output(page: Page) -> str:
    return page.locator(".jp-OutputArea-output").first.inner_text()


def test_a_notebook_is_opened_edited_run_and_saved(
    installation: Installation, owner: BrowserContext, page: Page
) -> None:
    built = installation.podium("ide", "build", "jupyterlab")
    assert built.returncode == 0, built.stderr
    url = make_repository(installation.repositories, "notes", {"first.ipynb": json.dumps(NOTEBOOK)})
    page.goto(f"{installation.dashboard}/new?url={url}")
    page.get_by_label("Editor").select_option("jupyterlab")
    page.get_by_role("button", name="Trust and start").click()
    page.wait_for_url(re.compile(r"\.ws\.localhost:\d+/lab"), timeout=IDE_PATIENCE)
    workspace = page.url.partition("//")[2].partition(".")[0]

    page.get_by_text("first.ipynb").first.dblclick(timeout=IDE_PATIENCE)
    cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first
    expect(cell).to_contain_text("as it was", timeout=IDE_PATIENCE)
    expect(page.locator(".jp-NotebookPanel-toolbar")).to_contain_text("Python 3")
    # the kernel is there when it is idle
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
        "data-status", "idle", timeout=IDE_PATIENCE
    )
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(CELL)
    page.keyboard.press("Shift+Enter")
    shown = page.locator(".jp-OutputArea-output").first
    expect(shown).to_contain_text(OUTPUT, timeout=IDE_PATIENCE)
    python = OUTPUT.search(shown.inner_text())
    assert python is not None
    assert python[1].startswith("/usr/bin/python3"), "a notebook runs on the workspace's own Python"

    page.keyboard.press("Control+s")
    file = installation.content(workspace) / "workspace/notes/first.ipynb"

    def saved() -> bool:
        try:
            (first, *_rest) = json.loads(file.read_text())["cells"]
        except ValueError:  # it is being written
            return False
        said = "".join(first["outputs"][0]["text"]) if first["outputs"] else ""
        return "".join(first["source"]) == CELL and OUTPUT.search(said) is not None

    until(saved, timeout=60)
    # somebody types there: that keeps the workspace awake

    def why_awake() -> str:
        return str(installation.podium_json("workspace", "show", workspace)["why_awake"])

    until(lambda: why_awake() == "JupyterLab was used", timeout=60)

    # JupyterLab gives way to the terminals while it runs, and comes back
    done = installation.podium("workspace", "ide", workspace, "terminal")
    assert done.returncode == 0, done.stderr
    done = installation.podium("workspace", "ide", workspace, "jupyter")
    assert done.returncode == 0, done.stderr

    def comes_back() -> bool:
        with suppress(Error):  # the page that was there goes where it is led at the same time
            page.goto(installation.ide(workspace))
        return "/lab" in page.url

    until(comes_back, timeout=60)
    installation.podium("workspace", "delete", workspace, "--yes", "--wait")
