"""The access line: bounded, and without the secrets of an address."""

import msgspec
import pytest

from proxy.core.record import record_of, shown_target
from tests.proxy.world import PORT, head


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/a?b=c", "/a?b=c"),
        ("/.podium/grant?code=hush", "/.podium/grant?code=[redacted]"),
        ("/?a=1&token=hush&b=2", "/?a=1&token=[redacted]&b=2"),
        ("/?access_token=hush", "/?access_token=[redacted]"),
        ("/?Password=hush&x", "/?Password=[redacted]&x"),
        ("/?client_secret=hush", "/?client_secret=[redacted]"),
        ("/?tkn=hush", "/?tkn=[redacted]"),
        ("/token=shown", "/token=shown"),
        ("/new?url=https://ada:hush@h.org/x", "/new?url=https://[redacted]@h.org/x"),
        (
            "/new?url=https%3A%2F%2Fada%3Ahu%25sh%40h.org%2Fx",
            "/new?url=https%3A%2F%2F[redacted]%40h.org%2Fx",
        ),
        ("/new?url=https%3A%2F%2Fh.org%2Fx@y", "/new?url=https%3A%2F%2Fh.org%2Fx@y"),
        ("/new?url=https://ada:hu/sh@h.org/x", "/new?url=[redacted]@h.org/x"),
        ("/new?ref=main&url=ada:hush@h.org/x&y", "/new?ref=main&url=[redacted]@h.org/x&y"),
        ("/new?url=https%253A%252F%252Fada%253Ahush%2540h.org", "/new?url=[redacted]%2540h.org"),
        ("/new?url=git@h.org%3Aada/x", "/new?url=[redacted]@h.org%3Aada/x"),
        ("/?encode=shown", "/?encode=[redacted]"),
    ],
)
def test_what_sounds_secret_is_left_out(target, shown):
    assert shown_target(target) == shown


def test_strangers_do_not_fill_the_disk():
    assert len(shown_target("/" + "a" * 16_000)) == 500


def test_a_line_leaves_out_what_it_does_not_know():
    record = record_of(
        head("/a", PORT),
        request="r-1",
        client="192.0.2.7",
        at=1.23456,
        seconds=0.123456,
        status=200,
        sent=5,
    )
    assert msgspec.to_builtins(record) == {
        "event": "request",
        "timestamp": 1.235,
        "process": "proxy",
        "request": "r-1",
        "client": "192.0.2.7",
        "method": "GET",
        "host": PORT,
        "target": "/a",
        "status": 200,
        "sent": 5,
        "seconds": 0.1235,
    }
