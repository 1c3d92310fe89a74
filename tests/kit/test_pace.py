import pytest

from kit.pace import Pace


def test_a_burst_does_not_wait_and_what_follows_does() -> None:
    pace = Pace(rate=10, burst=3)
    assert [round(pace.wait(100.0), 3) for _ in range(5)] == [0, 0, 0, 0.1, 0.2]


def test_after_a_while_there_is_room_again() -> None:
    pace = Pace(rate=10, burst=2)
    for _ in range(4):
        pace.wait(100.0)
    assert pace.wait(101.0) == 0
    assert pace.wait(101.0) == 0
    assert pace.wait(101.0) == pytest.approx(0.1)
