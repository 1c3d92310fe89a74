"""The dial socket: connected sockets of ports inside, and plain refusals."""

import os
import select
import socket
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import msgspec
import pytest

from daemon.host.dial import AT_ONCE
from tests.daemon.caller import Caller, dial, dial_on, eventually, inside, listens

pytestmark = pytest.mark.root


def test_loopback_ports_of_both_families(caller: Caller, host, running, workspace):
    running()
    for port in (3000, 3001):
        answered = eventually(lambda port=port: dial(host.dial_socket, f"{workspace}.1", port)[1])
        with closing(answered) as found:
            assert os.get_blocking(found.fileno()) is False
            found.setblocking(True)
            found.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert found.recv(15) == b"HTTP/1.0 200 OK"


def test_many_requests_on_one_connection(caller: Caller, host, running, workspace):
    running()
    eventually(lambda: listens(host.dial_socket, f"{workspace}.1", 3000))
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(10)
        connection.connect(host.dial_socket)
        for _turn in range(50):
            reply, found = dial_on(connection, f"{workspace}.1", 3000)
            assert reply == {"ok": True}
            found.close()
            reply, found = dial_on(connection, f"{workspace}.1", 4)
            assert (reply["ok"], reply["error"], found) == (False, "refused", None)


@pytest.mark.parametrize("port", [0, -1, 65536, 10**12])
def test_no_port(host, running, workspace, port):
    running()
    reply, found = dial(host.dial_socket, f"{workspace}.1", port)
    assert (reply["error"], found) == ("unknown", None)


@pytest.mark.parametrize("instance", ["", "nobody", "../../../proc/1/ns/net"])
def test_no_instance(host, instance):
    reply, found = dial(host.dial_socket, instance, 3000)
    assert (reply["error"], found) == ("unknown", None)


def test_an_instance_that_is_gone(caller: Caller, host, running, workspace):
    running()
    caller.deleted(f"{workspace}.1", grace=0)
    assert dial(host.dial_socket, f"{workspace}.1", 3000)[0]["error"] == "unknown"


@pytest.mark.parametrize("line", [b"nonsense\n", b"[]\n", b'{"instance":"x"}\n'])
def test_what_is_no_request(host, line):
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(10)
        connection.connect(host.dial_socket)
        connection.sendall(line)
        assert b'"unknown"' in connection.recv(4096)


def test_a_request_without_end_is_cut(host):
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(10)
        connection.connect(host.dial_socket)
        connection.sendall(b"x" * 600)
        try:
            assert connection.recv(4096) == b""
        except ConnectionResetError:
            return  # cut with our bytes unread


def test_the_daemon_comes_home_after_each_dial(caller: Caller, host, running, workspace):
    running()
    before = Path(f"/proc/{host.process.pid}/ns/net").readlink()
    for _turn in range(20):
        _reply, found = dial(host.dial_socket, f"{workspace}.1", 3000)
        if found is not None:
            found.close()
    found = set()
    for one in Path(f"/proc/{host.process.pid}/task").iterdir():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            found.add((one / "ns" / "net").readlink())
    assert found == {before}


def test_a_port_that_does_not_accept_is_busy_or_connects(caller: Caller, host, running, workspace):
    running()
    script = (
        'python3 -c \'import socket,signal; s=socket.socket(); s.bind(("127.0.0.1",3005));'
        ' s.listen(1); print("up",flush=True); signal.pause()\' >/tmp/up 2>&1 & '
        "until grep -q up /tmp/up; do :; done"
    )
    inside(host, f"{workspace}.1", script)
    reply, found = dial(host.dial_socket, f"{workspace}.1", 3005)
    assert reply["ok"]
    found.close()


def test_who_asks_for_a_full_port_again_and_again_is_refused(
    caller: Caller, host, running, workspace
):
    running()
    script = (
        'python3 -c \'import socket,signal; s=socket.socket(); s.bind(("127.0.0.1",3006));'
        ' s.listen(0); print("up",flush=True); signal.pause()\' >/tmp/up 2>&1 & '
        "until grep -q up /tmp/up; do :; done"
    )
    inside(host, f"{workspace}.1", script)
    question = msgspec.json.encode({"instance": f"{workspace}.1", "port": 3006}) + b"\n"
    many = AT_ONCE + 8
    waiting: list[socket.socket] = []
    with ExitStack() as opened:
        for _ in range(many):
            one = opened.enter_context(closing(socket.socket(socket.AF_UNIX)))
            one.settimeout(10)
            one.connect(host.dial_socket)
            one.sendall(question)
            waiting.append(one)

        def refused() -> bool:
            ready, _, _ = select.select(waiting, [], [], 0)
            for one in ready:
                data, descriptors, _flags, _address = socket.recv_fds(one, 4096, 4)
                for descriptor in descriptors:
                    os.close(descriptor)
                waiting.remove(one)
                if b"too many wait" in data:
                    return True
            return False

        eventually(refused)
        assert len(waiting) >= AT_ONCE - 1, "and whoever came before goes on waiting"
        assert not listens(host.dial_socket, f"{workspace}.1", 4), "other ports are asked meanwhile"
