"""Dotfiles, from Settings into a new workspace's terminal; nothing that is wrong with them waits.

Their repository is private: cloned inside the workspace with the token that the person has kept.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.githosts import Hosts, git_hosts
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

NAME = "dots"
WELL = "echo \"alias greet='echo hello from my dotfiles'\" >> ~/.bashrc\n"
FOR_EVER = "touch ~/began\nmkfifo ~/never\nread line < ~/never\n"


@pytest.fixture(scope="module")
def hosts(installation: Installation) -> Iterator[Hosts]:
    with git_hosts(ssh_port=2224) as started:
        started.http.make(NAME)
        words = ("git-access", "set-token", "--user", "ada", started.name)
        assert installation.podium(*words, text="secret\n").returncode == 0
        yield started
        installation.podium("git-access", "remove-token", started.name)


@pytest.fixture
def settings(installation: Installation, page: Page, hosts: Hosts) -> Iterator[Page]:
    """The Settings page, on which the private repository has been chosen; nothing is left of it."""
    section = page.locator("#dotfiles")
    page.goto(f"{installation.dashboard}/settings")
    section.get_by_label("Repository").fill(hosts.http.url(NAME, "private"))
    section.get_by_role("button", name="Save").click()
    none = section.get_by_role("button", name="Use none")
    expect(none).to_be_visible()
    yield page
    page.goto(f"{installation.dashboard}/settings")
    none.click()
    expect(none).to_be_hidden()


def write(hosts: Hosts, script: str) -> None:
    path = hosts.http.work(NAME) / "install.sh"
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    hosts.http.commit(NAME, "Script")
    hosts.http.push(NAME)


def create(installation: Installation, repository: str) -> str:
    words = ("workspace", "create", repository, "--trust", "--wait")
    made: str = installation.podium_json(*words)["id"]
    return made


def test_a_new_terminal_has_the_alias(
    installation: Installation, settings: Page, hosts: Hosts, repository: str
) -> None:
    write(hosts, WELL)
    made = create(installation, repository)
    settings.goto(f"{installation.dashboard}/workspaces/{made}")
    expect(settings.locator("#log")).to_contain_text(re.compile(r"install\.sh ran for \d+ s\."))
    assert "hello from my dotfiles" in run(settings, installation, Workspace(made, ""), "greet")
    owner = "stat -c %U ~/.dotfiles ~/.dotfiles.log ~/.dotfiles/install.sh"
    assert run(settings, installation, Workspace(made, ""), owner).split() == ["gitpod"] * 3
    assert "ada:secret" in hosts.http.shown()

    # they came once: what the person made of them since then stays
    installation.podium_json("workspace", "stop", made, "--wait")
    hosts.http.forget()
    installation.podium_json("workspace", "start", made, "--wait")
    assert "hello" in run(settings, installation, Workspace(made, ""), "greet")
    assert hosts.http.log() == []
    installation.podium("workspace", "delete", made, "--yes")


def test_a_script_that_never_ends_and_a_repository_that_is_gone_keep_nothing_waiting(
    installation: Installation, settings: Page, hosts: Hosts, repository: str
) -> None:
    write(hosts, FOR_EVER)
    made = create(installation, repository)  # runs, and the script still does
    sure = "until test -p ~/never; do sleep 0.1; done; pgrep -f dotfiles/install.sh"
    assert run(settings, installation, Workspace(made, ""), sure).strip().isdecimal()
    installation.podium("workspace", "delete", made, "--yes")

    hosts.http.take_away(NAME)
    made = create(installation, repository)

    def conditions() -> dict[str, str]:
        shown = installation.podium_json("workspace", "show", made)
        found: dict[str, str] = shown["instance"]["conditions"]
        return found

    until(lambda: "dotfiles_failed" in conditions(), timeout=60)
    assert "not found" in conditions()["dotfiles_failed"]
    settings.goto(f"{installation.dashboard}/workspaces/{made}")
    expect(settings.locator(".condition")).to_contain_text("Your dotfiles were not installed")
    expect(settings.locator("#log")).to_contain_text("not found")
    installation.podium("workspace", "delete", made, "--yes")
