import os
import socket

import pytest

from cli.launcher.ports import check_free, holder_of
from cli.problems import CommandError
from tests.ports import free_port


def test_a_free_port_is_fine() -> None:
    check_free("127.0.0.1", free_port())


def test_a_taken_one_is_told_with_holder_and_cure() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(CommandError) as told:
            check_free("127.0.0.1", port)
        assert f"(pid {os.getpid()})" in holder_of(port)
    assert f"pid {os.getpid()}" in told.value.cause
    assert f"PODIUM_PORT={port + 1}" in told.value.cure
    assert holder_of(port) == ""


@pytest.mark.parametrize("listen", ["podium.example", "", "127.0.0.1:80"])
def test_a_name_is_no_address(listen: str) -> None:
    with pytest.raises(CommandError, match="no IP address"):
        check_free(listen, 8080)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(CommandError) as told:
        check_free("192.0.2.1", 8080)
    assert "PODIUM_LISTEN" in told.value.cure
