"""Warnings begin before something runs out and end when there is room; kills have names."""

import pytest

from supervisor.core.strain import Kills, Warnings, gone, largest, size
from wire.usage import Usage

GIB = 1 << 30
LIMIT = 4 * GIB


def usage(part: float = 0.0, free: int = 100 * GIB) -> Usage:
    return Usage(cpu=0.0, memory=int(part * LIMIT), memory_limit=LIMIT, disk_free=free)


def test_memory_is_warned_of_once_until_there_is_room_again() -> None:
    warnings = Warnings()
    assert warnings.look(usage(0.89), 0, "node") == []
    said = warnings.look(usage(0.921), 0, "node")
    text = "92% of the memory (4.3 GB) is in use, most of it by node. When there is none left, "
    assert said == [f"{text}a program is killed."]
    assert warnings.look(usage(0.97), 0, "java") == []
    assert warnings.look(usage(0.81), 0, "") == []
    assert [warnings.memory] == said
    assert warnings.look(usage(0.7), 0, "") == []
    assert warnings.memory == ""
    assert len(warnings.look(usage(0.91), 0, "")) == 1


def test_without_a_limit_nothing_runs_out() -> None:
    warnings = Warnings()
    assert warnings.look(Usage(cpu=0.0, memory=LIMIT), 0, "x") == []


@pytest.mark.parametrize(("disk", "low"), [(10, 1), (200, 4), (4000, 10)])
def test_a_disk_is_low_before_it_is_full(disk: int, low: int) -> None:
    warnings = Warnings()
    assert warnings.look(usage(free=low * GIB + 1), disk * GIB, "") == []
    said = warnings.look(usage(free=low * GIB - 10_000_000), disk * GIB, "")
    assert said == [f"Only {size(low * GIB - 10_000_000)} of the disk are free."]
    assert warnings.look(usage(free=low * GIB + 1), disk * GIB, "") == []
    assert warnings.disk
    warnings.look(usage(free=2 * low * GIB), disk * GIB, "")
    assert warnings.disk == ""


def test_a_disk_of_ones_own_is_warned_of_at_each_level_without_flapping() -> None:
    warnings = Warnings()

    def look(used: float) -> tuple[list[str], int]:
        own = Usage(cpu=0.0, disk_limit=30 * GIB, disk_free=int((1 - used) * 30 * GIB))
        return warnings.look(own, 30 * GIB, ""), warnings.level

    assert look(0.79) == ([], 0)
    text = "More than 80% of the workspace's disk (32.2 GB) is in use: 6.1 GB are free."
    assert look(0.81) == ([text], 80)
    assert look(0.79) == ([], 80)
    assert look(0.81) == ([], 80)
    assert look(0.91)[1] == 90
    assert look(0.89) == ([], 90)
    said = look(1.0)
    assert said == ([warnings.disk], 95)
    assert look(0.921) == ([], 95)
    assert look(0.91)[1] == 90
    assert look(0.5) == ([], 0)
    assert warnings.disk == ""


def test_a_machine_without_room_is_not_taken_for_a_full_disk() -> None:
    warnings = Warnings()

    def look(limit: int, free: int) -> list[str]:
        own = Usage(cpu=0.0, disk_limit=limit * GIB, disk_free=free * GIB)
        return warnings.look(own, 30 * GIB, "", (30 - limit) * GIB)

    assert look(30, 28) == []
    said = "nearly full: 2.1 GB can still be written, though 21.5 GB of the workspace's are free."
    assert look(12, 2) == [f"The machine's own disk is {said}"]
    assert look(12, 2) == []
    own = look(30, 2)
    assert own == [warnings.disk]
    assert own[0].startswith("More than 90% of the workspace's disk")
    assert look(30, 20) == []
    assert warnings.disk == ""


def test_the_kernels_name_of_what_was_killed_is_waited_for() -> None:
    kills = Kills()
    assert kills.look(0, [], "", LIMIT) == ""
    assert kills.look(1, [], "node", LIMIT) == ""
    said = kills.look(1, [(7, "python3")], "", LIMIT)
    assert said == "python3 was killed: all of the memory (4.3 GB) was in use."
    assert kills.look(1, [(7, "python3")], "", LIMIT) == ""
    assert kills.text == said
    again = kills.look(3, [(7, "python3"), (8, "node"), (9, "java\n")], "", 0)
    assert again == "java was killed: all of the memory was in use; 3 so far."


def test_without_its_word_it_is_probably_the_largest_that_is_gone() -> None:
    kills = Kills()
    assert [kills.look(1, [], "node", 0), kills.look(1, [], "", 0)] == ["", ""]
    assert kills.look(1, [], "", 0).startswith("node (probably) was killed")
    assert [kills.look(2, [], "", 0), kills.look(2, [], "", 0)] == ["", ""]
    assert kills.look(2, [], "", 0).startswith("A program was killed")


def test_the_largest_that_is_gone() -> None:
    before = {2: ("bash", 10), 3: ("node", 900), 4: ("java", 500)}
    assert largest(before) == "node"
    assert gone(before, {2: ("bash", 10), 3: ("node", 1)}) == "java"
    assert gone(before, before) == largest({}) == ""


def test_a_size_is_said_as_on_the_page() -> None:
    assert [size(4_294_967_296), size(512_000_000)] == ["4.3 GB", "512 MB"]
