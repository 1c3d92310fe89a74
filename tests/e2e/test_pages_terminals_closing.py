"""What is typed on the terminals' page while its connection closes."""

from playwright.sync_api import Playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.stage import screens
from tests.e2e.stage.tabs import launch
from tests.e2e.stage.terminals import terminals_stage

CLOSES = r"""pane => {
  const { connection } = pane.pane;
  connection.socket.close();
  for (const one of "echo held-$((40+2))\r") connection.type(one);
  connection.typeBytes("\x00");
  connection.tell({ focused: true });
}"""


def test_nothing_is_said_on_a_socket_that_closes(playwright: Playwright) -> None:
    """It is not told as closed before the other side has agreed: until then it looks open."""
    window = launch(playwright, [], CHROMIUM)
    complaints: list[str] = []
    with terminals_stage() as stage:
        page = window.new_page()
        page.goto(stage.page)
        screens.ready(page)
        page.on("console", lambda said: complaints.append(said.text))
        screens.active(page).evaluate(CLOSES)
        screens.shows(page, "held-42")
        assert [one for one in screens.lines(page) if one == "held-42"] == ["held-42"]
        assert complaints == []
        window.close()
