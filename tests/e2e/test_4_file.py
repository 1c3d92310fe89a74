"""Ports of .gitpod.yml in a running workspace: told, listed, opened and closed as the file says.

The file is changed while the workspace runs, and so is what a person wants.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation, make_repository
from tests.e2e.patience import until

FILE = """\
tasks:
  - command: sh steps.sh
ports:
  - {port: 4002, name: Later}
  - {port: 4000-4001, name: NAME, visibility: VISIBILITY, onOpen: ON_OPEN}
"""
STEPS = """\
serve() {
  until [ -e /workspace/go-$1 ]; do sleep 0.1; done
  python3 -m http.server --bind $2 $1 > /dev/null 2>&1 &
  gp ports await $1
  gp ports list --json > /workspace/listed && mv /workspace/listed /workspace/listed-$1
}
serve 4000 127.0.0.1
serve 4001 ::
gp ports list > /workspace/listed && mv /workspace/listed /workspace/table
"""
STRANGER = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


def spelled(name: str, visibility: str, on_open: str) -> str:
    return FILE.replace("NAME", name).replace("VISIBILITY", visibility).replace("ON_OPEN", on_open)


class Served:
    """A workspace whose servers start when they are told to."""

    def __init__(self, installation: Installation, workspace: str) -> None:
        self.workspace = workspace
        self._installation = installation
        self._tree = installation.content(workspace) / "workspace"

    def write(self, text: str) -> None:
        """Let the file say this, from one moment to the next: an empty one says something too."""
        path: Path = self._tree / "filed" / ".gitpod.yml"
        written = path.with_suffix(".new")
        written.write_text(text)
        written.replace(path)

    def serve(self, port: int) -> list[dict[str, object]]:
        """Return what `gp ports list` tells when it listens."""
        (self._tree / f"go-{port}").touch()
        return list(json.loads(self.kept(f"listed-{port}")))

    def kept(self, name: str) -> str:
        path: Path = self._tree / name
        until(path.exists, timeout=60)
        return path.read_text()

    def strangers(self, port: int) -> int:
        """Return the status that somebody without an account gets."""
        host = self._installation.port_url(self.workspace, port).removeprefix("http://")
        return ask(self._installation, host, headers=STRANGER).status


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    files = {".gitpod.yml": spelled("Site", "private", "notify"), "steps.sh": STEPS}
    url = make_repository(installation.repositories, "filed", files)
    made = installation.podium_json("workspace", "create", url, "--trust", "--wait")
    yield Served(installation, made["id"])
    installation.podium("workspace", "delete", made["id"], "--yes")


def test_ports_follow_the_file_and_then_the_person(
    installation: Installation, served: Served, page: Page
) -> None:
    page.goto(f"{installation.dashboard}/workspaces/{served.workspace}")
    notices, first = page.locator("#openings .opening"), page.locator('[data-port="4000"]')
    expect(page.locator("#detail")).to_contain_text("running")

    listed = served.serve(4000)
    assert [(one["port"], one["served"]) for one in listed] == [(4002, False), (4000, True)]
    told = {name: listed[1][name] for name in ("process", "address", "loopback", "on_open")}
    assert told == {
        "process": "python3",
        "address": "127.0.0.1",
        "loopback": True,
        "on_open": "notify",
    }
    expect(notices).to_have_text(["Site listens on port 4000.OpenDismiss"])
    expect(first).to_contain_text("only you")
    assert served.strangers(4000) == 401

    served.write(spelled("Shop", "public", "ignore"))
    expect(first).to_contain_text("Shop")
    expect(first).to_contain_text("anybody with the address")
    until(lambda: served.strangers(4000) == 200, timeout=20)
    listed = served.serve(4001)
    assert [one["port"] for one in listed] == [4002, 4000, 4001]
    assert (listed[2]["address"], listed[2]["loopback"]) == ("::", False)
    expect(page.locator('[data-port="4001"]')).to_contain_text("Shop")
    expect(page.locator('[data-opening="4001"]')).to_have_count(0)
    assert "not served (private)" in served.kept("table")

    page.get_by_role("button", name="Make private port 4000").click()
    expect(first).to_contain_text("only you")
    served.write(spelled("Again", "public", "open-browser"))
    expect(first).to_contain_text("Again")
    expect(first).to_contain_text("only you")
    assert served.strangers(4000) == 401

    served.write("ports: [\n")
    expect(page.locator(".condition")).to_contain_text(".gitpod.yml line 2")
    expect(first).to_contain_text("Again")

    served.write(spelled("Again", "private", "ignore"))
    expect(page.locator('[data-port="4001"]')).to_contain_text("only you")
    until(lambda: served.strangers(4001) == 401, timeout=20)
