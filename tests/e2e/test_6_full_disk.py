"""A workspace without a free byte starts, says what fills it, and is made whole from its page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.inside import run
from tests.e2e.installation import Installation, fresh_installation, make_repository
from tests.e2e.journey import Workspace, open_ide, sign_in
from tests.e2e.stage import screens

FILL = "; ".join(
    [
        "mkdir -p /workspace/cache/models",
        "fallocate -l 60G /workspace/cache/models/large 2>&-",
        "while echo x >> /workspace/last; do :; done 2>&-",
        "df -B1 --output=avail /workspace | tail -n1",
    ]
)
"""What is allocated takes nothing of the node, and ends where the disk does."""
PATIENCE = 90_000
"""Milliseconds; folders are counted a moment after the first look at the disk."""


@pytest.fixture
def limited() -> Iterator[Installation]:
    """An installation in which each workspace has a disk of its own."""
    made = fresh_installation()
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()


@pytest.fixture
def visitor(limited: Installation, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page, limited)
    yield page
    context.close()


@pytest.fixture
def filled(limited: Installation, visitor: Page) -> Workspace:
    """A workspace that was stopped with nothing free."""
    repository = make_repository(limited.repositories, "demo")
    made = limited.podium_json("workspace", "create", repository, "--trust", "--wait")
    workspace = Workspace(str(made["id"]), "demo")
    assert run(visitor, limited, workspace, FILL).split()[-1] == "0"
    stopped = limited.podium("workspace", "stop", workspace.id, "--wait")
    assert stopped.returncode == 0, stopped.stderr
    assert not limited.content(workspace.id).exists(), "its disk is away"
    return workspace


def test_it_starts_and_is_made_whole_from_its_page(
    limited: Installation, filled: Workspace, visitor: Page
) -> None:
    installation, page = limited, visitor
    started = installation.podium("workspace", "start", filled.id, "--wait")
    assert started.returncode == 0, started.stdout + started.stderr
    # what the first container had changed of its image has gone, and made room for a few bytes
    assert run(page, installation, filled, FILL).split()[-1] == "0"
    open_ide(page, installation, filled)

    address = f"{installation.dashboard}/workspaces/{filled.id}"
    page.goto(address)
    resources, largest = page.locator("#resources"), page.locator("#resources .largest")
    expect(largest).to_contain_text("What takes most of the disk", timeout=PATIENCE)
    expect(largest).to_contain_text("/workspace/cache/models")
    told = page.locator(".condition", has_text="No space is left for /workspace")
    expect(told).to_have_count(1)
    resources.get_by_role("link", name="Open a terminal").click()
    screens.ready(page)
    screens.run(page, "clear; rm -rf /workspace/cache /workspace/last && echo room-$((1+1))")
    screens.shows(page, "room-2")

    page.goto(address)
    expect(largest).to_have_count(0, timeout=PATIENCE)
    expect(told).to_have_count(0)  # history and log go on to say that it was so
    written = run(page, installation, filled, "echo whole > ~/whole; cat ~/whole")
    assert written.strip().endswith("whole")
