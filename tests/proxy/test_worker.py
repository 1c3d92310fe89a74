"""A worker's end of the line."""

import socket

import pytest

from proxy.net.ending import Ending
from proxy.net.line import LEAVE, READY
from proxy.worker import open_line, parser
from tests.waiting import until


@pytest.fixture
def master() -> "tuple[socket.socket, int]":
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    return ours, theirs.detach()


async def test_it_says_that_it_serves_and_is_told_to_leave(
    master: "tuple[socket.socket, int]",
) -> None:
    ours, descriptor = master
    ending = Ending()
    with ours:
        line = await open_line(descriptor, ending, 100)
        line.ready({})
        assert ours.recv(100) == READY
        ours.send(LEAVE)
        await until(lambda: ending.left <= 100)


async def test_without_a_master_it_leaves_too(master: "tuple[socket.socket, int]") -> None:
    ours, descriptor = master
    ending = Ending()
    line = await open_line(descriptor, ending, 100)
    ours.close()
    await until(lambda: ending.left <= 100)
    line.ready({})


def test_its_place_is_told_on_the_command_line() -> None:
    told = parser().parse_args(["--worker", "2", "--sockets", "public=5", "--relief"])
    assert (told.worker, told.sockets, told.relief) == (2, "public=5", True)
