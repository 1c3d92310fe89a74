"""What tells of somebody who uses a workspace, and what would keep it awake for nothing."""

from typing import Any

import msgspec
import pytest

from proxy.core.record import Record
from proxy.core.use import is_use
from tests.proxy.world import WORKSPACE

OPENED = Record(
    event="request",
    timestamp=1.0,
    process="proxy",
    request="r",
    client="c",
    method="GET",
    host="h",
    target="/",
    status=200,
    sent=1,
    seconds=0.1,
    workspace=WORKSPACE,
    port=3000,
    fetch="navigate",
)


@pytest.mark.parametrize(
    "changes", [{}, {"fetch": ""}, {"method": "POST", "fetch": "cors"}, {"status": 500}]
)
def test_a_page_that_is_opened_a_program_and_a_change_are_use(changes: dict[str, Any]) -> None:
    assert is_use(msgspec.structs.replace(OPENED, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"fetch": "cors"},
        {"fetch": "no-cors"},
        {"upgrade": "websocket"},
        {"code": "port_private"},
        {"status": 0},
        {"workspace": ""},
        {"port": 23000},
        {"port": 22999, "fetch": ""},
        {"port": 0},
    ],
)
def test_what_an_open_page_does_by_itself_is_not(changes: dict[str, Any]) -> None:
    assert not is_use(msgspec.structs.replace(OPENED, **changes))
