"""What keeps the workspace awake, and what is wished for."""

import time

import pytest

from supervisor.host.wake import Wake
from tests.supervisor.samples import wish
from wire.agent import Activity, Beats


class Told:
    def __init__(self) -> None:
        self.times = 0
        self.wake = Wake(self.tell)

    def tell(self) -> None:
        self.times += 1


def test_activity_is_told_once_for_a_while() -> None:
    told = Told()
    told.wake.used_terminal()
    told.wake.be_active("ide")
    assert told.times == 1
    assert told.wake.beats == Beats(count=1, last=Activity.TERMINAL)
    with pytest.raises(ValueError, match="no activity"):
        told.wake.be_active("port")


def test_what_is_left_is_a_duration_from_its_receipt() -> None:
    wake = Told().wake
    assert wake.told() == {"timeout": "", "left": None, "awake": []}
    wake.receive(wish(timeout="30m", stops_at=time.time() + 60))
    told = wake.told()
    assert told["timeout"] == "30m"
    assert 50 < told["left"] <= 60
    wake.receive(wish(timeout="none"))
    assert wake.told() == {"timeout": "none", "left": None, "awake": []}


def test_a_timeout_is_wished_for_once_for_each_number() -> None:
    told = Told()
    assert told.wake.set_timeout("2H") == {"wished": "2h"}
    told.wake.set_timeout("none")
    assert told.wake.wish is not None
    assert (told.wake.wish.number, told.wake.wish.timeout) == (2, "none")
    for wrong in ("", "1", "25h", "9s", "5hrs"):
        with pytest.raises(ValueError, match=r"duration|between"):
            told.wake.set_timeout(wrong)
    assert told.times == 2


@pytest.mark.parametrize(
    ("now", "then"),
    [("", "180m"), ("30m", "180m"), ("180m", "180m"), ("8h", "8h"), ("none", "none")],
)
def test_extending_never_shortens(now: str, then: str) -> None:
    wake = Told().wake
    wake.receive(wish(timeout=now))
    assert wake.extend() == {"wished": then}


def test_what_is_at_work_is_told_when_it_changes_and_beats() -> None:
    told = Told()
    told.wake.at_work([])
    assert (told.times, told.wake.beats.count) == (0, 0)
    told.wake.at_work(["make in terminal 1"])
    told.wake.at_work(["make in terminal 1"])
    assert told.wake.told()["awake"] == ["make in terminal 1"]
    assert (told.times, told.wake.beats) == (1, Beats(count=1, last=Activity.WORK))
    told.wake.at_work([])
    assert (told.times, told.wake.awake) == (2, [])
