"""devcontainer.json as a repository's file, and `gp` as its commands use it."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

START = """\
cd /workspace
if [ -e second ]; then
  printenv SECRET > secret
  gp stop
  exit
fi
touch second
printenv GREETING > greeting
gp info --json > info
gp url 4000 > url
gp ssh > ssh
gp top --json > top
gp completion bash > completion
gp validate > validate; echo $? >> validate
gp idp 2> idp; echo $? >> idp
gp env SECRET='two words' && gp env > env
gp ports visibility 4000:public > visibility
gp tasks list --json > tasks
"""
FILE = """\
{
  // of another tool
  "runArgs": ["--init"],
  "containerEnv": { "GREETING": "hello ${localEnv:USER}" },
  "forwardPorts": [4000],
  "portsAttributes": { "4000": { "label": "Files", "onAutoForward": "ignore" } },
  "onCreateCommand": "echo created >> /workspace/created",
  "postCreateCommand": { "one": "echo one >> /workspace/created", "two": ["true"] },
  "postStartCommand": "sh ${containerWorkspaceFolder}/start.sh",
  "postAttachCommand": ["python3", "-m", "http.server", "4000"],
  "customizations": { "vscode": { "settings": { "editor.tabSize": 3 } } },
}
"""


@pytest.fixture(scope="module")
def contained(installation: Installation) -> Iterator[str]:
    """A workspace whose repository has a devcontainer.json."""
    files = {".devcontainer/devcontainer.json": FILE, "start.sh": START}
    url = make_repository(installation.repositories, "contained", files)
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
    yield made["id"]
    installation.podium("workspace", "delete", made["id"], "--yes")


def kept(installation: Installation, workspace: str, name: str) -> str:
    path = installation.content(workspace) / "workspace" / name
    until(lambda: path.exists() and path.read_text() != "", timeout=60)
    return path.read_text().strip()


def test_its_commands_run_in_their_order_with_its_variables(
    installation: Installation, contained: str
) -> None:
    assert kept(installation, contained, "greeting") == "hello gitpod"
    assert kept(installation, contained, "created") == "created\none"


def test_gp_tells_scripts_what_they_ask(installation: Installation, contained: str) -> None:
    assert json.loads(kept(installation, contained, "tasks"))[0]["name"] == "devcontainer"
    assert json.loads(kept(installation, contained, "info"))["workspace_id"] == contained
    assert kept(installation, contained, "url") == installation.port_url(contained, 4000)
    assert kept(installation, contained, "ssh").startswith(f"ssh {contained}@")
    assert json.loads(kept(installation, contained, "top"))["resources"]["memory"]["used"] > 0
    assert kept(installation, contained, "completion").endswith("complete -o default -F _gp gp")
    assert kept(installation, contained, "env") == "SECRET=two words"
    assert kept(installation, contained, "idp").splitlines()[-1] == "3"
    validated = kept(installation, contained, "validate").splitlines()
    assert validated[0].startswith(".devcontainer/devcontainer.json:3: warning: runArgs: ")
    assert validated[-1] == "0"


def test_what_is_not_followed_is_on_the_page_and_a_port_is_as_it_was_said(
    installation: Installation, contained: str, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{contained}")
    told = page.locator(".condition").filter(has_text="devcontainer.json line 3, runArgs")
    expect(told).to_contain_text("containers are started in one way only")
    port = page.locator('[data-port="4000"]')
    expect(port).to_contain_text("Files")
    expect(port).to_contain_text("anybody with the address")
    host = installation.port_url(contained, 4000).removeprefix("http://")
    # the server is started by the command behind the one that has told all this
    stranger = {"Sec-Fetch-Mode": "cors"}
    until(lambda: ask(installation, host, headers=stranger).status == 200, timeout=60)
    settings = "home/.podium/vscode/data/Machine/settings.json"
    held = json.loads((installation.content(contained) / settings).read_text())
    assert held["editor.tabSize"] == 3


def test_a_variable_is_there_at_the_next_start_which_can_end_itself(
    installation: Installation, contained: str
) -> None:
    assert installation.podium("workspace", "stop", contained, "--wait").returncode == 0
    installation.podium("workspace", "start", contained, "--wait")
    until(
        lambda: installation.podium_json("workspace", "show", contained)["phase"] == "stopped",
        timeout=60,
    )
    with installation.files(contained) as files:
        assert (files / "workspace" / "secret").read_text() == "two words\n"
        assert (files / "workspace" / "created").read_text() == "created\none\n"
    found = installation.podium_json("workspace", "show", contained)["instance"]
    assert (found["problem"], found["stop_reason"]) == (None, "ended_inside"), json.dumps(found)


def test_the_schema_is_published_for_editors(installation: Installation) -> None:
    dashboard = installation.dashboard.removeprefix("http://")
    reply = ask(installation, dashboard, "/schemas/gitpod.json")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/schema+json")
    assert "podium" in json.loads(reply.body)["properties"]
