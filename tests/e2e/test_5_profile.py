"""What a person has set up in one workspace's VS Code is in the next one: extensions and settings.

Whether a window that is open already takes a setting at once is not asserted here.
"""

import json
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.gallery import GALLERY, manifest, packed, use_gallery
from tests.e2e.installation import Installation, make_repository
from tests.e2e.journey import (
    IDE_PATIENCE,
    Workspace,
    open_ide,
    open_workspace,
    type_in_terminal,
)
from tests.e2e.patience import until
from tests.e2e.test_4_editor import command

DATA = "home/.podium/vscode"
SETTINGS = f"{DATA}/data/User/settings.json"
LARGE = {"editor.fontSize": 27}
TASK = "tasks:\n  - command: python3 gallery.py\n"


def told(page: Page, installation: Installation, name: str) -> None:
    """Wait until the server has a file: Settings tell its name."""

    def there() -> bool:
        page.goto(f"{installation.dashboard}/settings")
        return name in page.locator("#profile").inner_text()

    until(there, timeout=60)


def settings_in(content: Path) -> object:
    """Return what a workspace's settings say; nothing while they are written, or not there."""
    try:
        return json.loads((content / SETTINGS).read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_settings(page: Page, text: str) -> None:
    command(page, "Preferences: Open User Settings (JSON)")
    settings = page.get_by_role("dialog", name=re.compile("settings.json"))
    expect(settings).to_be_visible(timeout=IDE_PATIENCE)
    settings.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+a")
    # what is typed gets its brackets closed
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")
    page.keyboard.press("Control+s")


def test_extensions_and_settings_follow_into_the_next_workspace(
    installation: Installation, owner: BrowserContext, workspace: Workspace, page: Page
) -> None:
    first = installation.content(workspace.id)
    (first / "workspace/listed.vsix").write_bytes(packed("listed"))
    open_ide(page, installation, workspace)
    type_in_terminal(
        page, installation, workspace, "code --install-extension /workspace/listed.vsix"
    )
    extension = f"{DATA}/extensions/podium-tests.listed-1.0.0"
    until((first / extension).exists, timeout=60)
    told(page, installation, "extensions.json")

    # the next one has a gallery, which is asked for what is on the list
    files = {
        ".gitpod.yml": TASK,
        "gallery.py": GALLERY,
        "listed.vsix": packed("listed"),
        "listed.json": manifest("listed"),
    }
    url = make_repository(installation.repositories, "second", files)
    use_gallery(installation, url)
    beside = owner.new_page()
    second = open_workspace(beside, installation, url)
    until((installation.content(second.id) / extension).exists, timeout=90)

    # what is changed here is there within seconds; a window shows it when it is loaded
    open_ide(page, installation, workspace)
    write_settings(page, json.dumps(LARGE))
    until(lambda: settings_in(first) == LARGE, timeout=60)
    until(lambda: settings_in(installation.content(second.id)) == LARGE, timeout=60)
    beside.close()
    installation.podium("workspace", "delete", second.id, "--yes", "--wait")
