"""Limits of what is taken, before anybody reads it."""

import msgspec
import pytest

from app.sshaccess.structs import AddKey


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"key": ""}', b'{"key": "x", "title": 1}', b'{"key": "x", "more": 1}'],
)
def test_what_is_no_key_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=AddKey)


def test_a_title_is_no_book() -> None:
    assert msgspec.json.decode(b'{"key": "x"}', type=AddKey).title == ""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": "x", "title": "x" * 256}, AddKey)
