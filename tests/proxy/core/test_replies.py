"""Answers of the proxy's own, and their bytes."""

import json

import pytest

from proxy.core.replies import Reply, explain, plain, redirect, write_reply

NEVER_KEPT = (b"cache-control", b"no-store")


@pytest.mark.parametrize(
    "reply",
    [
        plain(200, [], b"ok"),
        redirect("/a"),
        explain(404, "c", "t", "d", html=True),
        explain(404, "c", "t", "d", html=False),
    ],
)
def test_nobody_keeps_or_guesses_an_answer(reply):
    assert NEVER_KEPT in reply.headers
    assert (b"x-content-type-options", b"nosniff") in reply.headers
    assert (b"referrer-policy", b"no-referrer") in reply.headers


def test_a_page_runs_nothing_and_is_framed_by_nobody():
    policy = dict(explain(404, "c", "t", "d", html=True).headers)[b"content-security-policy"]
    assert policy == b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def test_a_problem_is_the_documented_kind():
    reply = explain(503, "node_away", "Away", "Why", "Cure", html=False, again=2)
    told = json.loads(reply.body)
    assert told == {
        "code": "node_away", "title": "Away", "status": 503, "detail": "Why", "cure": "Cure",
    }  # fmt: skip
    assert dict(reply.headers)[b"retry-after"] == b"2"


def test_a_redirect_sets_each_cookie():
    reply = redirect("/a", cookies=("x=1", "y=2"))
    assert [value for key, value in reply.headers if key == b"set-cookie"] == [b"x=1", b"y=2"]
    assert (reply.status, redirect("/a", status=308).status) == (303, 308)


@pytest.mark.parametrize("closing", [True, False])
def test_bytes_are_framed(closing):
    written = write_reply(Reply(200, [], b"abc"), closing=closing, body=True)
    head, _, body = written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: 3" in head
    assert (b"connection: close" in head) is closing
    assert body == b"abc"


def test_an_answer_to_head_tells_the_length_alone():
    assert write_reply(Reply(200, [], b"abc"), closing=False, body=False).endswith(
        b"content-length: 3\r\n\r\n"
    )


def test_no_content_has_no_length():
    assert b"content-length" not in write_reply(Reply(204), closing=False, body=True)
