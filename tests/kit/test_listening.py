"""Both loopbacks for browsers, one address for everybody else."""

import errno
import os
import socket
import subprocess
import sys

import pytest

from kit import listening
from kit.listening import addresses, adopt, descriptors, listen_on, of_systemd, spell


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
    real = listening._listen

    def listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
        if address == bad:
            raise OSError(number, "one day")
        made.append(real(family, address, port))
        return made[-1]

    monkeypatch.setattr(listening, "_listen", listen)
    return made


# --- handing over ---


def test_what_is_spelt_is_adopted() -> None:
    opened = {"public": listen_on("127.0.0.1", 0), "entry": listen_on("::1", 0)}
    names = {name: [one.getsockname() for one in group] for name, group in opened.items()}
    numbers = descriptors(opened)
    spelt = spell(opened)
    for group in opened.values():
        for one in group:
            one.detach()  # as in another process
    adopted = adopt(spelt)
    found = {name: [one.getsockname() for one in group] for name, group in adopted.items()}
    assert found == names
    assert descriptors(adopted) == numbers
    assert all(not one.get_inheritable() for group in adopted.values() for one in group)
    assert adopt("") == {}
    listening.close(adopted)


@pytest.mark.parametrize("spelt", ["public=x", "public", "public=987654"])
def test_what_is_no_descriptor_is_refused(spelt: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|no socket"):
        adopt(spelt)


def test_what_does_not_listen_is_refused() -> None:
    with socket.socket() as idle:
        number = os.dup(idle.fileno())
    with pytest.raises(ValueError, match="no listening socket"):
        adopt(f"public={number}")


def test_systemd_hands_over_from_the_third_descriptor_on() -> None:
    script = (
        "import os; from kit.listening import of_systemd;"
        "os.environ['LISTEN_PID'] = str(os.getpid());"
        "found = of_systemd(os.environ, os.getpid());"
        "print(sorted((name, len(group)) for name, group in found.items()))"
    )
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        shell = f'exec 3<&{one.fileno()} 4<&{two.fileno()}; exec "$0" -c "$1"'
        for names, expected in (
            ("podium.socket:entry", "[('entry', 1), ('public', 1)]"),
            ("", "[('public', 2)]"),
        ):
            done = subprocess.run(
                ["bash", "-c", shell, sys.executable, script],
                env={"LISTEN_FDS": "2", **({"LISTEN_FDNAMES": names} if names else {})},
                pass_fds=[one.fileno(), two.fileno()],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout.strip() == expected, done.stderr
    assert of_systemd({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, os.getpid()) == {}
