import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.answers import check_range, failure, read_token, seconds
from kit.oci.core.failures import Failure, NotFound, Unauthorized, Unavailable
from kit.oci.core.refusals import Refused


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthorized),
        (403, Unauthorized),
        (404, NotFound),
        (429, Unavailable),
        (503, Unavailable),
        (400, Failure),
    ],
)
def test_what_a_status_means(status: int, kind: type[Failure]) -> None:
    assert type(failure(status, b"", "a/b:1")) is kind


def test_the_registrys_own_words_harmless_and_short() -> None:
    errors = [{"code": "DENIED", "message": "no\x1b[31m\n access " + "x" * 500}, {"code": "TOO"}]
    told = str(failure(403, json.dumps({"errors": errors}).encode(), "a/b:1"))
    assert told.startswith("a/b:1 is not for us: no [31m  access xx")
    assert "\x1b" not in told
    assert len(told) < 300
    assert str(failure(404, b"<html>", "a/b:1")) == "a/b:1 is not there"


def test_how_long_to_wait() -> None:
    assert seconds("7") == 7
    assert seconds("99999999") == 300
    assert seconds("") is seconds("Wed, 21 Oct 2015 07:28:00 GMT") is seconds("²") is None


def test_tokens() -> None:
    assert read_token(b'{"token": "abc", "expires_in": 100}').life == 80
    assert read_token(b'{"access_token": "abc"}').value == "abc"
    assert read_token(b'{"token": "abc", "expires_in": 0}').life == 48
    for body in (b"", b"{}", b"<html>", b'{"token": "a\\r\\nX: y"}', b'{"token": "a b"}'):
        with pytest.raises(Refused, match="without a token"):
            read_token(body)
    assert "abc" not in repr(read_token(b'{"token": "abc"}'))


def test_a_part_goes_on_where_it_was_asked_to() -> None:
    check_range("bytes 10-99/100", 10, 100)
    check_range("bytes 10-99/*", 10, 100)
    for text in ("", "bytes 0-99/100", "bytes 10-98/100", "bytes 10-100/200", "items 10-99/100"):
        with pytest.raises(Refused):
            check_range(text, 10, 100)


@given(st.integers(400, 599), st.binary(max_size=100))
def test_any_answer_is_a_failure(status: int, body: bytes) -> None:
    assert str(failure(status, body, "a/b:1")).isprintable()
