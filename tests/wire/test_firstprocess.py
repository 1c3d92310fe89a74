"""One beginning for containers and pods."""

from daemon.core import oci
from wire.firstprocess import BUILD_INIT, CAPABILITIES, INIT


def test_both_begin_with_an_interpreter_that_reads_nothing_of_the_workspace() -> None:
    for command in (INIT, BUILD_INIT):
        assert command[0] == "/.supervisor/bin/python3"
        assert {"-I", "-S"} <= {*command}
    assert INIT[:-1] == BUILD_INIT[:-1]


def test_a_container_and_a_pod_may_the_same() -> None:
    assert tuple(one.removeprefix("CAP_") for one in oci.CAPABILITIES) == CAPABILITIES
