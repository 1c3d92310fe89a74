"""Heads as values, and as the bytes that the next reader gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.message import (
    RequestHead,
    ResponseHead,
    chunk,
    without_named,
    write_request,
    write_response,
)
from tests.proxy.world import head


def test_cookies_of_one_name_duplicates_included():
    asked = head(headers={"Cookie": 'a=1; b="x=y"; a=2 ;c; a'})
    assert asked.cookies("a") == ["1", "2"]
    assert asked.cookies("b") == ['"x=y"']
    assert asked.cookies("c") == []


def parsed(value: bytes, name: str) -> list[str]:
    """The values of a name, when every pair is read (RFC 6265, 5.4, the other way round)."""
    pairs = [part.strip().partition(b"=") for part in value.split(b";")]
    return [text.decode("latin-1") for key, mark, text in pairs if mark and key == name.encode()]


@given(st.text('ab=; \t"\xa0', max_size=24), st.sampled_from(["a", "b", "ab", "aa"]))
def test_only_one_cookie_is_read_as_if_all_were(value, name):
    raw = value.encode("latin-1").strip()
    asked = RequestHead("GET", "/", "h", [(b"cookie", raw)])
    assert asked.cookies(name) == parsed(raw, name)


def test_headers_that_came_twice_equal_no_single_value():
    asked = RequestHead("GET", "/", "h", [(b"origin", b"a"), (b"origin", b"b")])
    assert asked.get(b"origin") == "a, b"
    cookies = RequestHead("GET", "/", "h", [(b"cookie", b"a=1"), (b"cookie", b"b=2")])
    assert cookies.cookies("b") == ["2"]
    assert asked.get(b"missing") == ""


@pytest.mark.parametrize(
    ("method", "length", "again"),
    [("GET", None, True), ("HEAD", 0, True), ("GET", 3, False), ("POST", None, False)],
)
def test_what_can_be_sent_again(method, length, again):
    assert RequestHead(method, "/", "h", [], length=length).replayable is again


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(200, "GET", True), (200, "HEAD", False), (204, "GET", False), (304, "GET", False),
     (101, "GET", False), (404, "POST", True)],
)  # fmt: skip
def test_which_answers_have_a_body(status, method, body):
    assert ResponseHead(status, b"", []).has_body(method) is body


def test_headers_that_connection_names_are_of_one_hop_too():
    headers = [(b"x-hop", b"1"), (b"x-kept", b"2")]
    assert without_named(headers, b"close, X-Hop ") == [(b"x-kept", b"2")]
    assert without_named(headers, b"close, Upgrade") == headers


def test_bytes_of_heads():
    assert write_request("GET", "/a", [(b"host", b"h")]) == b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
    assert write_response(404, b"Not Found", []) == b"HTTP/1.1 404 Not Found\r\n\r\n"
    assert chunk(b"x" * 16) == b"10\r\n" + b"x" * 16 + b"\r\n"
