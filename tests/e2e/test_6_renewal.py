"""The proxy begins anew under an open dashboard and an open editor: both come again."""

from playwright.sync_api import Page, WebSocket, expect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until


def watch(page: Page) -> list[WebSocket]:
    """Return a list that fills with the sockets that the page opens."""
    seen: list[WebSocket] = []

    def opened(socket: WebSocket) -> None:
        seen.append(socket)

    page.on("websocket", opened)
    return seen


def test_dashboard_and_editor_come_again(
    installation: Installation, workspace: Workspace, page: Page
) -> None:
    dashboard = page.context.new_page()
    of_dashboard, of_editor = watch(dashboard), watch(page)
    dashboard.goto(installation.dashboard)
    open_ide(page, installation, workspace)
    sign = installation.content(workspace.id) / "workspace" / "renewed"
    type_in_terminal(page, installation, workspace, " echo $$ >> /workspace/renewed")
    until(lambda: sign.exists() and sign.read_text().count("\n") == 1, timeout=60)
    until(lambda: dashboard.title() and of_dashboard, timeout=60)
    before, after = list(of_dashboard), list(of_editor)

    assert installation.podium("reload").returncode == 0

    def again(sockets: list[WebSocket], old: list[WebSocket], shown: Page) -> bool:
        shown.wait_for_timeout(50)  # Playwright hears of events only while it is called
        return len(sockets) > len(old) and all(one.is_closed() for one in old)

    until(lambda: again(of_dashboard, before, dashboard), timeout=60)
    until(lambda: again(of_editor, after, page), timeout=60)
    # the same shell in the same terminal
    type_in_terminal(page, installation, workspace, " echo $$ >> /workspace/renewed")
    until(lambda: sign.read_text().count("\n") == 2, timeout=60)
    assert len(set(sign.read_text().split())) == 1
    expect(page.get_by_text("Cannot reconnect")).to_have_count(0)
    sign.unlink()
    dashboard.close()
