"""Limits of workspaces and nodes; ws-daemon's own cases."""

import pytest

from kit import env

ROWS = {"D1"}


@pytest.mark.parametrize(("suffix", "power"), [("", 0), ("k", 1), ("m", 2), ("g", 3), ("t", 4)])
def test_sizes_are_powers_of_1024(suffix: str, power: int) -> None:
    assert env.size({"LIMIT": f"42{suffix}"}, "LIMIT", 0) == 42 * 1024**power
