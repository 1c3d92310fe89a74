from daemon.core.classes import NAMES, limits_of


def test_classes_grow():
    small, standard, large = (limits_of(name) for name in ("small", "standard", "large"))
    assert standard is not None
    assert (standard.cpus, standard.memory, standard.pids) == (2, 4 << 30, 2048)
    assert small.memory < standard.memory < large.memory
    assert small.pids < standard.pids < large.pids


def test_shared_memory_is_a_part_of_the_memory():
    assert limits_of("standard").shared_memory == 1 << 30


def test_containers_are_a_switch_of_each_class():
    assert all(limits_of(name).containers for name in NAMES)
    assert not limits_of("small", ["small"]).containers
    assert limits_of("large", ["small"]) == limits_of("large")


def test_an_unknown_class_has_no_limits():
    assert limits_of("huge") is None
    assert limits_of("huge", ["huge"]) is None
    assert {"small", "standard", "large"} == NAMES
