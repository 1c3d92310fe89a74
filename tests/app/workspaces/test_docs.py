"""Every code is explained at an anchor of its name, to anybody."""

from pathlib import Path

from app.workspaces.docs import read_conditions
from tests.app.browser import Browser
from tests.app.server import open_server
from wire.phases import Condition


def test_every_condition_of_a_workspace_is_in_it() -> None:
    known = {one.code for group in read_conditions() for one in group.conditions}
    assert {one.value for one in Condition} <= known


async def test_anybody_may_read_it(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        page = await Browser(server).go("/docs/conditions")
    assert page.status_code == 200
    assert 'id="node_unreachable"' in page.text
    assert page.text.count("What helps:") > 50
