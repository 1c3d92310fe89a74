"""The access line says nothing of what it does not know."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.record import Record

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LEAST = {
    "event": "request",
    "timestamp": 1.235,
    "process": "proxy",
    "request": "r-1",
    "client": "192.0.2.7",
    "method": "GET",
    "host": "h",
    "target": "/a",
    "status": 200,
    "sent": 5,
    "seconds": 0.1235,
}


def test_a_line_leaves_out_what_it_does_not_know():
    assert msgspec.to_builtins(Record(**LEAST)) == LEAST


@given(TEXT, TEXT)
def test_nobody_forges_a_line(target, upgrade):
    """Whatever stands in a field, a line is one line of JSON that says just that."""
    line = msgspec.json.encode(Record(**{**LEAST, "target": target, "upgrade": upgrade}))
    assert not [byte for byte in line if byte < 0x20]
    assert json.loads(line)["target"] == target
