"""What a client has sent and nobody has worked on."""

from proxy.core.inbox import Inbox
from proxy.core.parts import Asked, Body, End
from tests.proxy.world import IDE, request


def fed(data: bytes) -> Inbox:
    inbox = Inbox()
    inbox.feed(data)
    return inbox


def test_parts_come_out_in_their_order():
    inbox = fed(request("/", IDE, "POST", {}, b"abc") + request("/2", IDE))
    assert inbox.next_is_request
    kinds = [type(inbox.take()) for _ in range(3)]
    assert kinds == [Asked, Body, End]
    assert inbox.next_is_request
    assert inbox


def test_a_body_that_is_there_whole_is_skipped():
    inbox = fed(request("/", IDE, "POST", {}, b"abc") + request("/2", IDE))
    inbox.take()
    assert inbox.skip_body()
    assert inbox.next_is_request


def test_a_body_that_is_still_coming_is_not_whole():
    inbox = fed(request("/", IDE, "POST", {"Content-Length": "10"}) + b"abc")
    inbox.take()
    assert not inbox.skip_body()
    assert not inbox


def test_it_tells_that_a_head_has_begun():
    inbox = fed(b"GET / HTT")
    assert inbox.inside_head
    inbox.feed(b"P/1.1\r\nHost: a\r\n\r\n")
    assert not inbox.inside_head
    inbox.clear()
    assert not inbox
