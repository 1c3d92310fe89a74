"""The kernel's words about listening sockets, and what is told of them."""

import errno
import socket
import struct

import pytest

from supervisor.core.ports import Listener, read, reports, request
from wire.agent import PortReport


def message(family: int, port: int, address: str, inode: int) -> bytes:
    source = socket.inet_pton(family, address).ljust(16, b"\0")
    body = struct.pack("=BBBB", family, 10, 0, 0) + struct.pack(">HH", port, 0)
    body += source + bytes(16) + bytes(12) + struct.pack("=IIIII", 0, 0, 128, 33333, inode)
    return struct.pack("=IHHII", 16 + len(body), 20, 2, 1, 9) + body


def told(data: bytes) -> tuple[list[Listener], bool]:
    return read(data, socket.inet_ntop)


DONE = struct.pack("=IHHII", 20, 3, 2, 1, 9) + bytes(4)


def test_the_question_has_the_kernels_shape():
    asked = request(socket.AF_INET)
    assert len(asked) == 16 + 56
    assert struct.unpack_from("=IHH", asked) == (72, 20, 0x301)
    assert struct.unpack_from("=BBBxI", asked, 16) == (socket.AF_INET, 6, 0, 1 << 10)


def test_an_answer_is_read_to_its_end():
    data = message(socket.AF_INET, 3000, "127.0.0.1", 7) + message(socket.AF_INET6, 80, "::", 8)
    assert told(data) == ([Listener(3000, "127.0.0.1", 7), Listener(80, "::", 8)], False)
    assert told(data + DONE)[1]
    assert told(DONE) == ([], True)
    assert told(b"") == ([], False)


def test_a_refusal_is_raised():
    refused = struct.pack("=IHHII", 36, 2, 0, 1, 9) + struct.pack("=i", -1) + bytes(16)
    with pytest.raises(PermissionError):
        told(refused)


def test_an_answer_that_broke_off_is_not_taken_for_the_whole():
    data = message(socket.AF_INET, 3000, "127.0.0.1", 7)
    broken = struct.pack("=IHHII", 20, 3, 2, 1, 9) + struct.pack("=i", -errno.ENOMEM)
    with pytest.raises(OSError, match="sock_diag") as raised:
        told(data + broken)
    assert raised.value.errno == errno.ENOMEM


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.1.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.2", False),
    ],
)
def test_what_only_the_workspace_reaches(address, loopback):
    assert Listener(1, address, 1).loopback is loopback


def test_one_report_a_port_and_the_wider_address_counts():
    found = reports(
        [
            Listener(8000, "127.0.0.1", 1),
            Listener(3000, "127.0.0.1", 2),
            Listener(3000, "::", 3),
            Listener(3000, "0.0.0.0", 4),
            Listener(22999, "127.0.0.1", 5),
        ],
        {1: "uvicorn", 3: "node"},
        {22999},
    )
    assert found == [
        PortReport(port=3000, process="node", address="::", loopback=False),
        PortReport(port=8000, process="uvicorn", address="127.0.0.1", loopback=True),
    ]
