"""From the kernel's counters to what a workspace takes."""

import pytest
from msgspec.structs import replace

from supervisor.core.usage import (
    Counters,
    between,
    cores,
    cpu_seconds,
    differs,
    known,
    limit,
    number,
    working_memory,
)
from wire.usage import Usage


def test_cores_in_use_are_processor_time_over_time():
    usage = between(Counters(at=10, cpu=4.0), Counters(at=12, cpu=5.0, memory=7, processes=3))
    assert (usage.cpu, usage.memory, usage.processes) == (0.5, 7, 3)
    assert between(Counters(at=10, cpu=4.0), Counters(at=10, cpu=3.0)).cpu == 0.0


def test_both_kinds_of_cgroups_are_read():
    assert cpu_seconds("usage_usec 1500000\nuser_usec 1\n", "") == 1.5
    assert cpu_seconds("", "2500000000\n") == 2.5
    assert cores("200000 100000\n", "", "") == 2.0
    assert cores("max 100000\n", "", "") == 0.0
    assert cores("", "150000\n", "100000\n") == 1.5
    assert cores("", "-1\n", "100000\n") == 0.0
    assert cores("", "", "") == 0.0


@pytest.mark.parametrize("name", ["inactive_file", "total_inactive_file"])
def test_memory_leaves_out_what_the_kernel_can_drop(name: str):
    assert working_memory("100\n", f"anon 5\n{name} 30\n") == 70
    assert working_memory("100\n", "") == 100
    assert working_memory("10", f"{name} 30\n") == 0


@pytest.mark.parametrize(
    ("text", "found"), [("max\n", 0), ("", 0), ("4096\n", 4096), (str(2**63 - 4096), 0)]
)
def test_no_limit_is_none(text: str, found: int):
    assert limit(text) == found
    assert number("-1") == 0


def test_only_what_can_be_seen_is_a_difference():
    told = Usage(cpu=0.5, memory=10**9, memory_limit=4 * 10**9, processes=3, disk_free=10**12)
    assert differs(None, told)
    assert not differs(told, replace(told, cpu=0.505, memory=10**9 + 1000, disk_free=10**12 - 1))
    for change in ({"cpu": 0.52}, {"memory": 11 * 10**8}, {"processes": 4}, {"disk": 1}):
        assert differs(told, replace(told, **change))


def test_nothing_that_could_be_read_is_not_known():
    assert not known(Counters(12.0))
    assert known(Counters(12.0, memory=1))
