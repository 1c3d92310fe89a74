from daemon.core import ranges
from wire.slots import SLOTS

TAG = "00000a"


def test_a_reservation_is_kept():
    held = {77: f"{TAG}/w.1"}
    assert ranges.choose(held, TAG, "w.1", ()) == 77


def test_a_new_one_starts_at_the_tags_own_place():
    assert ranges.choose({}, TAG, "w.1", ()) == 10


def test_what_is_held_or_taken_is_skipped():
    held = {10: f"{TAG}/w.1", 11: "ffffff/v.1"}
    assert ranges.choose(held, TAG, "w.2", {12}) == 13


def test_the_search_goes_round():
    tag = f"{SLOTS - 1:06x}"
    assert ranges.choose({SLOTS - 1: "x/y"}, tag, "w.1", ()) == 0


def test_none_is_left():
    held = {index: f"{TAG}/w.{index}" for index in range(SLOTS)}
    assert ranges.choose(held, TAG, "w.99999", ()) is None


def test_dead_instances_of_one_tag_are_dropped():
    held = {1: f"{TAG}/w.1", 2: f"{TAG}/w.2", 3: "ffffff/w.1"}
    assert ranges.without(held, TAG, {"w.2"}) == {2: f"{TAG}/w.2", 3: "ffffff/w.1"}


def test_installations_without_a_run_folder_are_dropped():
    held = {1: f"{TAG}/w.1", 3: "ffffff/w.1"}
    assert ranges.of_known_tags(held, {TAG}) == {1: f"{TAG}/w.1"}
