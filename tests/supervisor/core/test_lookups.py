"""Lookups as programs send them."""

import struct

import pytest

from supervisor.core.lookups import answer, failed
from tests.supervisor.samples import NAMES, query

AAAA, HTTPS = 28, 65


@pytest.mark.parametrize("name", ["podium.localhost", "3000-a-b-c.ws.localhost", "X.Ws.LocalHost"])
def test_a_name_of_the_platform_has_the_gateways_address(name):
    response = answer(query(name), NAMES)
    number, flags, questions, answers, *_none = struct.unpack_from("!HHHHHH", response)
    assert (number, flags, questions, answers) == (7, 0x8580, 1, 1)
    assert response[12:].startswith(query(name)[12:])
    assert response[-4:] == bytes([198, 18, 0, 1])


@pytest.mark.parametrize("kind", [AAAA, HTTPS])
def test_it_has_nothing_else(kind):
    response = answer(query("podium.localhost", kind), NAMES)
    assert struct.unpack_from("!HHHH", response)[2:] == (1, 0)


def test_what_comes_behind_the_question_is_not_sent_back():
    with_options = query("podium.localhost") + b"\x00\x00\x29\x10\x00" + bytes(6)
    assert answer(with_options, NAMES) == answer(query("podium.localhost"), NAMES)


@pytest.mark.parametrize(
    "data",
    [
        query("example.org"),
        query("localhost"),
        query("podium.localhost", flags=0x8100),
        query("podium.localhost", flags=0x2800),
        query("podium.localhost", questions=2),
        query("podium.localhost")[:20],
        query("podium.localhost")[:-1],
        b"",
        bytes(12),
        bytes(11) + b"\x01\xc0\x0c\x00\x01\x00\x01",
    ],
)
def test_everything_else_is_passed_on(data):
    assert answer(data, NAMES) is None


def test_a_failure_is_told():
    response = failed(query("example.org"))
    assert struct.unpack_from("!HHHH", response) == (7, 0x8182, 1, 0)
    assert failed(b"nonsense") == b""
