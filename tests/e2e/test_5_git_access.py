"""A private repository: refused with its cure, then cloned, and pushed to from the workspace.

First with a token over http, then with a key over ssh; the secrets never enter the workspace's
files, and trust that is taken back ends it at once.
"""

import re
from collections.abc import Iterator
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.fingerprint import holding
from tests.e2e.githosts import Hosts, git_hosts
from tests.e2e.inside import run
from tests.e2e.installation import Installation
from tests.e2e.journey import IDE_PATIENCE, Workspace
from tests.e2e.patience import until

TOKEN = f"hush-{token_hex(8)}"


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with git_hosts(credentials=f"ada:{TOKEN}") as started:
        started.http.make("alpha")
        started.http.make("beta")
        yield started


def start(page: Page, installation: Installation, url: str) -> None:
    """Paste the URL, trust the repository, and start."""
    page.goto(installation.dashboard)
    page.get_by_label("Repository URL").fill(url)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Trust and start").click()
    page.wait_for_url(re.compile(r"/start/"), wait_until="commit")  # it leaves at once


def arrive(page: Page) -> Workspace:
    """Wait until the start page has gone on to VS Code."""
    page.wait_for_url(re.compile(r"\.ws\.localhost"), timeout=IDE_PATIENCE)
    found = re.match(r"https?://([0-9a-z-]+)\.ws\.", page.url)
    assert found is not None
    return Workspace(found.group(1), "")


def test_a_private_repository_is_refused_with_its_cure_and_then_opens(
    installation: Installation, page: Page, hosts: Hosts
) -> None:
    start(page, installation, hosts.http.url("alpha", "private"))
    expect(page.get_by_role("alert")).to_contain_text("The repository asks for credentials")
    expect(page.get_by_role("alert")).to_contain_text(f"Add a token for {hosts.name}")
    failed = page.url
    page.get_by_role("link", name=f"Git access for {hosts.name}").click()
    expect(page.get_by_label("Git host")).to_have_value(hosts.name)
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Token", exact=True).fill(TOKEN)
    page.get_by_role("button", name="Keep the token").click()
    expect(page.locator(f'[data-host="{hosts.name}"]')).to_contain_text("as ada")
    assert TOKEN not in page.content()

    page.goto(failed)
    page.get_by_role("button", name="Try again").click()
    workspace = arrive(page)
    commit = "git commit -q --allow-empty -m Pushed && git push -q && git fetch"
    run(page, installation, workspace, f"cd /workspace/alpha && {commit}")
    assert hosts.head("alpha") == "Pushed"
    assert holding(installation.content(workspace.id), TOKEN.encode()) == []
    # in two halves, since the terminal's own record is on the disk as well
    places = "/home /workspace /etc /run /tmp /var"
    search = f't={TOKEN[:9]}; sudo grep -rlsaF -D skip "${{t}}{TOKEN[9:]}" {places}'
    assert run(page, installation, workspace, f"{search} || true") == ""
    whole = "git -C /workspace/alpha rev-parse --is-shallow-repository"
    assert run(page, installation, workspace, whole).strip() == "false"
    copied = "sudo cp -r /workspace/alpha /tmp/roots; git -C /tmp/roots show -s --format=%an | cat"
    assert run(page, installation, workspace, copied).strip() == "owner"

    page.goto(f"{installation.dashboard}/settings")
    page.get_by_role("button", name=re.compile("Revoke.*alpha")).click()
    expect(page.locator("#trust")).not_to_contain_text("alpha")
    said = run(page, installation, workspace, "GIT_TERMINAL_PROMPT=0 git fetch || true")
    assert "not trusted, so it gets no token" in said
    installation.podium("workspace", "delete", workspace.id, "--yes")


def test_over_ssh_the_host_is_asked_about_once_and_the_key_stays_outside(
    installation: Installation, page: Page, hosts: Hosts
) -> None:
    page.goto(f"{installation.dashboard}/settings")
    page.get_by_role("button", name="Make a key").click()
    hosts.ssh.authorize(page.locator("#public-key").inner_text())

    start(page, installation, hosts.ssh.url("beta"))
    expect(page.get_by_role("alert")).to_contain_text("The ssh host is not known yet")
    expect(page.get_by_role("alert")).to_contain_text(hosts.ssh.fingerprint)
    page.get_by_role("button", name="Accept the key and try again").click()
    workspace = arrive(page)
    commit = "git commit -q --allow-empty -m Signed && git push -q"
    run(page, installation, workspace, f"cd /workspace/beta && {commit}")
    assert hosts.head("beta") == "Signed"
    assert "ssh-ed25519" in run(page, installation, workspace, "ssh-add -L")
    keys = "sudo grep -rlsa 'BEGIN OPENSSH PRIVATE KEY' /home /workspace /run /tmp /etc/ssh || true"
    assert run(page, installation, workspace, keys) == ""
    installation.podium("workspace", "delete", workspace.id, "--yes")


def test_a_token_in_a_pasted_address_is_offered_to_be_kept_and_in_no_log(
    installation: Installation, page: Page
) -> None:
    page.goto(installation.dashboard)
    page.get_by_label("Repository URL").fill("https://ada:hush-hush@git.example/ada/demo")
    page.keyboard.press("Enter")
    kept = page.get_by_label("Keep the token of the address as yours for git.example")
    expect(kept).to_be_checked()
    page.goto(f"{installation.dashboard}/#https://ada:hush-hush@git.example/ada/demo")
    expect(kept).to_be_checked()
    assert "hush" not in page.url
    # the last way is not ours to prevent; the proxy's log leaves it out all the same
    page.goto(f"{installation.dashboard}/new?url=https://ada:hush-hush@git.example/ada/demo")
    expect(kept).to_be_checked()
    assert "hush" not in page.url

    def logged() -> bool:
        lines = (installation.home / "logs" / "proxy.log").read_text()
        return "[redacted]@git.example" in lines

    until(logged, timeout=30)
    for folder in ("logs", "server"):
        place = installation.home / folder
        assert holding(place, b"")
        for secret in (b"hush-hush", b"PRIVATE KEY-----"):
            assert holding(place, secret) == []
