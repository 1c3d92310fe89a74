"""Tasks of .gitpod.yml: each in a terminal of VS Code, once for init, none without trust."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import IDE_PATIENCE, Workspace, open_workspace
from tests.e2e.patience import until

FILE = """\
tasks:
  - name: Server
    before: export GREETING=hello
    init: echo initialised >> /workspace/inits
    command: |
      gp url 4000 > /workspace/url
      echo "$GREETING $WHO" > /workspace/greeting
      python3 -m http.server 4000
    env:
      WHO: world
  - name: Waits
    command: |
      gp ports await 4000
      gp tasks list > /workspace/list
  - name: Wrong
    init: [1, 2]
ports:
  - port: 4000-4010
    visibility: public
    name: Files
"""


@pytest.fixture(scope="module")
def window(owner: BrowserContext) -> Iterator[Page]:
    """The window in which the workspace was opened."""
    page = owner.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def tasked(installation: Installation, window: Page) -> Workspace:
    """A workspace of a repository with tasks."""
    url = make_repository(installation.repositories, "tasked", {".gitpod.yml": FILE})
    return open_workspace(window, installation, url)


def kept(installation: Installation, workspace: Workspace, name: str) -> str:
    path: Path = installation.content(workspace.id) / "workspace" / name
    until(lambda: path.exists() and path.read_text() != "", timeout=60)
    return path.read_text().strip()


def test_tasks_run_with_their_variables_and_gp(
    installation: Installation, tasked: Workspace
) -> None:
    assert kept(installation, tasked, "greeting") == "hello world"
    assert kept(installation, tasked, "url") == installation.port_url(tasked.id, 4000)
    rows = kept(installation, tasked, "list").splitlines()
    assert [row.split()[:2] for row in rows[1:]] == [["task-1", "Server"], ["task-2", "Waits"]]


def test_ports_are_as_the_file_wishes_until_a_person_says_otherwise(
    installation: Installation, tasked: Workspace, page: Page
) -> None:
    host = installation.port_url(tasked.id, 4000).removeprefix("http://")
    page.goto(f"{installation.dashboard}/workspaces/{tasked.id}")
    port = page.locator('[data-port="4000"]')
    expect(port).to_contain_text("Files")
    expect(port).to_contain_text("anybody with the address")
    assert ask(installation, host, headers={"Sec-Fetch-Mode": "cors"}).status == 200
    page.get_by_role("button", name="Make private port 4000").click()
    expect(port).to_contain_text("only you")
    assert ask(installation, host, headers={"Sec-Fetch-Mode": "cors"}).status == 401


def test_they_are_on_the_workspaces_page_and_so_is_what_is_wrong(
    installation: Installation, tasked: Workspace, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{tasked.id}")
    expect(page.locator('[data-task="task-1"]')).to_contain_text("runs")
    expect(page.locator('[data-task="task-2"]')).to_contain_text("done")
    expect(page.locator('[data-port="4000"]')).to_contain_text("python3")
    fault = ".gitpod.yml line 16, tasks[2].init: is a list and must be a text"
    expect(page.locator(".condition")).to_contain_text(fault)


def test_their_terminals_are_in_vs_code(tasked: Workspace, window: Page) -> None:
    for name in ("Server", "Waits"):
        tab = window.get_by_role("listitem").filter(has_text=name)
        expect(tab.first).to_be_visible(timeout=IDE_PATIENCE)
    window.close()


def test_a_restart_runs_the_command_and_not_init(
    installation: Installation, tasked: Workspace
) -> None:
    tree = installation.content(tasked.id) / "workspace"
    assert installation.podium("workspace", "stop", tasked.id, "--wait").returncode == 0
    with installation.files(tasked.id) as files:
        (files / "workspace" / "greeting").unlink()
    assert installation.podium("workspace", "start", tasked.id, "--wait").returncode == 0
    assert kept(installation, tasked, "greeting") == "hello world"
    assert (tree / "inits").read_text() == "initialised\n"
    installation.podium("workspace", "delete", tasked.id, "--yes")


def test_without_trust_nothing_runs(installation: Installation) -> None:
    url = make_repository(installation.repositories, "stranger", {".gitpod.yml": FILE})
    made = installation.podium_json("workspace", "create", url, "--wait")
    try:
        tree = installation.content(made["id"]) / "workspace"
        assert (tree / "stranger" / "README.md").exists()
        assert not (tree / "inits").exists()
        view = installation.podium_json("workspace", "show", made["id"])
        assert (view["trusted"], view["instance"]["tasks"]) == (False, [])
    finally:
        installation.podium("workspace", "delete", made["id"], "--yes")


def test_a_file_that_is_no_yaml_opens_all_the_same(installation: Installation) -> None:
    url = make_repository(installation.repositories, "broken", {".gitpod.yml": "tasks: [\n"})
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
    try:
        assert made["phase"] == "running", json.dumps(made)

        def conditions() -> dict[str, str]:
            found: dict[str, str] = installation.podium_json("workspace", "show", made["id"])[
                "instance"
            ]["conditions"]
            return found

        # the file is read beside the start of the editor
        until(lambda: "config_invalid" in conditions(), timeout=60)
        told = conditions()["config_invalid"]
        assert told.startswith(".gitpod.yml line 2: this is no YAML")
    finally:
        installation.podium("workspace", "delete", made["id"], "--yes")
