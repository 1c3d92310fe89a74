"""What a connection begins with, and whose it is."""

import pytest

from supervisor.core.entry import LONGEST_HEAD, Side, whose
from tests.supervisor.samples import NAMES

PLATFORM = b"GET / HTTP/1.1\r\nhost: 3000-a-b-c.ws.localhost:8080\r\n\r\n"
PERSON = b"GET / HTTP/1.1\r\nAccept: */*\r\nHost: localhost:8080\r\n\r\n"


@pytest.mark.parametrize(
    ("begun", "side"),
    [
        (PLATFORM, Side.PLATFORM),
        (PLATFORM[:-2], Side.PLATFORM),
        (PLATFORM.replace(b":8080", b""), Side.PLATFORM),
        (PERSON, Side.PERSON),
        (b"GET / HTTP/1.0\r\n\r\n", Side.PERSON),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Side.PERSON),
        (b"\x16\x03\x01\x02\x00", Side.PERSON),
        (b"hello\r\n", Side.PERSON),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LONGEST_HEAD, Side.PERSON),
        (b"GET / HTTP/1.1\r\nX: y\r\n\r\nhost: podium.localhost\r\n", Side.PERSON),
        (b"", Side.UNKNOWN),
        (b"GE", Side.UNKNOWN),
        (b"GET / HTTP/1.1\r\nHost: podium.local", Side.UNKNOWN),
    ],
)
def test_whose_it_is(begun, side):
    assert whose(begun, NAMES) is side
