"""Both loopbacks for browsers, one address for everybody else."""

import errno
import socket

import pytest

from proxy.net import listener
from proxy.net.listener import addresses, listen_on


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("127.0.0.1", ["127.0.0.1", "::1"]),
        ("127.0.0.2", ["127.0.0.2", "::1"]),
        ("::1", ["::1"]),
        ("0.0.0.0", ["0.0.0.0"]),
        ("192.0.2.7", ["192.0.2.7"]),
    ],
)
def test_addresses(listen: str, expected: list[str]) -> None:
    assert addresses(listen) == expected


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        addresses("nonsense")


def close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


def test_both_loopbacks_have_the_same_port() -> None:
    sockets = listen_on("127.0.0.1", 0)
    try:
        assert len({one.getsockname()[1] for one in sockets}) == 1
        assert sockets[0].getsockname()[0] == "127.0.0.1"
        for one in sockets:
            socket.create_connection(one.getsockname()[:2]).close()
            assert not one.getblocking()
    finally:
        close(sockets)


def test_a_taken_port_is_an_error_that_leaves_nothing_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
    ):
        listen_on("127.0.0.1", taken.getsockname()[1])


def test_a_port_taken_on_the_other_loopback_is_an_error_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = fail_on(monkeypatch, "::1", errno.EADDRINUSE)
    with pytest.raises(OSError, match="one day"):
        listen_on("127.0.0.1", 0)
    assert [one.fileno() for one in made] == [-1]


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_a_machine_without_ipv6_gets_one_less(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    fail_on(monkeypatch, "::1", number)
    sockets = listen_on("127.0.0.1", 0)
    assert len(sockets) == 1
    close(sockets)


def test_an_address_of_another_machine_is_an_error() -> None:
    with pytest.raises(OSError, match="assign"):
        listen_on("192.0.2.7", 0)


def fail_on(monkeypatch: pytest.MonkeyPatch, bad: str, number: int) -> list[socket.socket]:
    """Let listening on one address fail; return the sockets that were made for others."""
    made: list[socket.socket] = []
    real = listener._listen

    def listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if address == bad:
            raise OSError(number, "one day")
        made.append(real(family, address, port))
        return made[-1]

    monkeypatch.setattr(listener, "_listen", listen)
    return made
