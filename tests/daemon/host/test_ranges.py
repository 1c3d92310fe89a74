import json
import multiprocessing

import pytest

from daemon.host.ranges import NoSlotLeft, Ranges
from wire.slots import SLOTS

TAG = "00000a"


def test_a_slot_is_kept_until_released(tmp_path):
    made = Ranges(tmp_path / "ranges", TAG)
    first = made.reserve("w.1")
    assert made.reserve("w.1") == first
    assert made.reserve("w.2") != first
    made.release("w.1")
    made.release("w.1")
    assert list(json.loads((tmp_path / "ranges").read_text()).values()) == [f"{TAG}/w.2"]


def test_two_installations_share_the_file(tmp_path):
    one, other = (Ranges(tmp_path / "ranges", tag) for tag in (TAG, "00400a"))
    assert one.reserve("w.1") != other.reserve("w.1")


def _reserve(path, name):
    made = Ranges(path, TAG)
    return [made.reserve(f"{name}.{number}") for number in range(1, 21)]


def test_no_slot_is_given_twice_under_contention(tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.starmap(_reserve, [(tmp_path / "ranges", "a"), (tmp_path / "ranges", "b")])
    assert len({*found[0], *found[1]}) == 40


def test_the_sweep_drops_the_dead_and_the_departed(tmp_path):
    made = Ranges(tmp_path / "ranges", TAG)
    (tmp_path / TAG).mkdir()
    for name in ("w.1", "w.2"):
        made.reserve(name)
    Ranges(tmp_path / "ranges", "ffffff").reserve("w.1")
    made.sweep({"w.2"})
    assert list(json.loads((tmp_path / "ranges").read_text()).values()) == [f"{TAG}/w.2"]


def test_when_all_are_taken(tmp_path):
    held = {index: f"ffffff/w.{index}" for index in range(SLOTS)}
    (tmp_path / "ranges").write_text(json.dumps(held))
    with pytest.raises(NoSlotLeft):
        Ranges(tmp_path / "ranges", TAG).reserve("w.1")
