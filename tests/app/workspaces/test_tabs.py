"""What the tab says while it shows the list."""

import pytest

from app.workspaces.groups import grouped
from app.workspaces.tabs import Tab, tab_of
from tests.app.workspaces.test_looks import view
from wire.phases import Phase


@pytest.mark.parametrize(
    ("phases", "tab"),
    [
        ([], Tab("", "img/icon.svg")),
        ([Phase.STOPPED], Tab("", "img/icon.svg")),
        ([Phase.RUNNING, Phase.RUNNING, Phase.STOPPED], Tab("2 running", "img/icon-running.svg")),
        ([Phase.RUNNING, Phase.CREATING], Tab("1 running, 1 starting", "img/icon-starting.svg")),
        ([Phase.STOPPING], Tab("", "img/icon-stopping.svg")),
    ],
)
def test_the_tab_counts_what_runs(phases: list[Phase], tab: Tab) -> None:
    views = [view(phase, f"w{number}") for number, phase in enumerate(phases)]
    assert tab_of(grouped(views)) == tab
