"""Y and W9: what is an inactivity timeout, and durations as Go writes them."""

from collections.abc import Callable

import pytest

from app.faults import Malformed
from app.workspaces.timeouts import validated
from kit.durations import seconds_of


def kept(*texts: str) -> bool:
    return all(validated(text) == text for text in texts)


def refused(text: str) -> bool:
    try:
        validated(text)
    except Malformed as error:
        return error.title == "Invalid timeout format"
    return False


ROWS: dict[str, Callable[[], bool]] = {
    "W9": lambda: (
        [round(seconds_of(text) * 1000) for text in ("1ms", "1m", "1m0s", "1m30s", "1h1m30s")]
        == [1, 60_000, 60_000, 90_000, 3_690_000]
    ),
    "Y1": lambda: kept("30m", "60m", "90m", "1h", "2h"),
    "Y3": lambda: kept("24h", "23h59m", "1440m"),
    "Y5": lambda: all(refused(text) for text in ("invalid", "1x", "", "1", "5hrs", "24hrs", "1hr")),
}


@pytest.mark.parametrize("row", ROWS)
def test_timeouts(row: str) -> None:
    assert ROWS[row]()
