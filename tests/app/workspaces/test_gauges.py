"""How what a workspace takes is said."""

import pytest

from app.workspaces.gauges import Shell, gauges, largest, runs_out, shells, size, span
from app.workspaces.vitals import Vital
from wire.agent import TerminalReport
from wire.usage import Day, Folder, Usage

USAGE = Usage(
    cpu=0.5,
    cores=2.0,
    memory=612_000_000,
    memory_limit=4_294_967_296,
    processes=31,
    disk=1_240_000_000,
    disk_free=83_000_000_000,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (9_940_000, "9.9 MB"),
        (612_000_000, "612 MB"),
        (4_294_967_296, "4.3 GB"),
        (10**16, "10000 TB"),
        (-1, "0 B"),
    ],
)
def test_bytes_have_their_greatest_unit(count: int, text: str) -> None:
    assert size(count) == text


def test_each_figure_has_its_limit() -> None:
    said = [(one.title, one.value, one.limit, one.part) for one in gauges(USAGE)]
    assert said == [
        ("CPU", "0.50", "of 2 cores", 0.25),
        ("Memory", "612 MB", "of 4.3 GB", 0.1425),
        ("Processes", "31", "", -1.0),
        ("Disk", "1.2 GB", "83 GB free", -1.0),
    ]
    assert [one.level for one in gauges(USAGE)][:3] == [13.0, 14.7, 17.0]


def test_what_was_not_measured_has_its_place() -> None:
    assert [one.value for one in gauges(None)] == ["—"] * 4
    bare = gauges(Usage(cpu=3.0))
    assert [(one.value, one.part) for one in bare[:2]] == [("3.00", -1.0), ("0 B", -1.0)]
    assert bare[3].value == "—"


def test_a_tasks_terminal_has_its_name() -> None:
    told = [TerminalReport(id="task-1", title="node", last=5.0), TerminalReport(id="pts/2")]
    found = shells(Vital("i", terminals=told), {"task-1": "Server"})
    assert found == [Shell("task-1", "node", "Server", 5.0), Shell("pts/2", "shell", "", 0.0)]


def test_a_day_is_a_line_up_to_the_limit() -> None:
    day = Day(minutes=10, cpu=[0, 2000, 1000], memory=[0, 2048, 4096], disk=[100, 100, 200])
    found = {one.name: one for one in gauges(USAGE, day)}
    assert found["cpu"].day == "0.0,31.0 72.0,1.0 144.0,16.0"
    assert found["memory"].day == "0.0,31.0 72.0,16.0 144.0,1.0"
    assert found["disk"].day == "0.0,19.0 72.0,19.0 144.0,7.0"
    assert found["processes"].day == found["processes"].area == ""
    assert found["cpu"].area == "0,32 0.0,31.0 72.0,1.0 144.0,16.0 144,32"
    assert [found[one].most for one in ("cpu", "memory", "disk")] == [
        "2.00 cores",
        "4.3 GB",
        "210 MB",
    ]
    assert span(day) == "Lines show the last 30 min."


SHORT = Day(minutes=1, cpu=[1], memory=[1], disk=[1])


@pytest.mark.parametrize("day", [None, Day(minutes=1), SHORT])
def test_a_line_needs_two_points(day: Day | None) -> None:
    assert {one.day for one in gauges(USAGE, day)} == {""}
    assert span(day) == ""


def test_a_full_disk_is_said_once() -> None:
    told = {"disk_low": "Low.", "disk_full": "Full.", "memory_low": "Much."}
    assert runs_out(told) == ("Memory nearly full, disk full", "Much. Full.")
    assert runs_out({"disk_low": "Low."}) == ("Disk nearly full", "Low.")


def test_a_disk_of_its_own_has_a_limit_and_says_what_takes_it_when_it_is_scarce() -> None:
    folders = [Folder(path="/workspace/data", size=21_000_000_000)]
    own = Usage(cpu=0.0, disk_limit=32_000_000_000, disk_free=1_600_000_000, folders=folders)
    disk = gauges(own)[3]
    assert (disk.value, disk.limit, disk.part) == ("30 GB", "of 32 GB", 0.95)
    assert largest(own, {}) == []
    assert largest(None, {"disk_low": "Low."}) == []
    assert largest(own, {"disk_low": "Low."}) == [("21 GB", "/workspace/data")]
