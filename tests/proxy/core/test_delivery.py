"""A response on its way to the client: framing, trailers, reuse."""

import pytest

from proxy.core.commands import Commands, Send, Service, Upstream
from proxy.core.delivery import Delivery
from proxy.core.message import RequestHead, ResponseHead
from proxy.core.plans import Forward
from wire.hosts import IdeHost


class Sent:
    """One delivery and its bytes."""

    def __init__(self, response: ResponseHead, method: str = "GET", **asked) -> None:
        self.out = Commands()
        head = RequestHead(method, "/", "h", [], **asked)
        self.delivery = Delivery(head, Forward(Upstream(Service.SERVER), []), self.out)
        self.delivery.begin(response, closing=False)
        self.head, _, _ = self.wire().partition(b"\r\n\r\n")

    def wire(self) -> bytes:
        return b"".join(
            part for one in self.out.take() if isinstance(one, Send) for part in one.parts
        )

    def end(self, *trailers: tuple[bytes, bytes]) -> bytes:
        self.delivery.end(list(trailers))
        return self.wire()


def made(status: int = 200, **changes) -> ResponseHead:
    return ResponseHead(status, b"X", changes.pop("headers", []), **changes)


def test_a_length_stays_a_length():
    sent = Sent(made(length=3))
    sent.delivery.body(b"abc")
    assert (sent.head, sent.wire()) == (b"HTTP/1.1 200 X\r\ncontent-length: 3", b"abc")
    assert sent.end() == b""


@pytest.mark.parametrize("chunked", [True, False])
def test_what_has_none_goes_in_chunks(chunked: bool):  # noqa: FBT001 -- a case
    sent = Sent(made(chunked=chunked))
    sent.delivery.body(b"abc")
    assert sent.head.endswith(b"transfer-encoding: chunked")
    assert sent.wire() == b"3\r\nabc\r\n"
    assert sent.end() == b"0\r\n\r\n"


def test_to_http_1_0_it_goes_until_the_end():
    sent = Sent(made(chunked=True), http11=False)
    sent.delivery.body(b"abc")
    assert sent.head.endswith(b"connection: close")
    assert (sent.wire(), sent.end(), sent.delivery.unframed) == (b"abc", b"", True)


@pytest.mark.parametrize(
    ("method", "response", "framing"),
    [
        ("HEAD", made(length=9), b"content-length: 9"),
        ("HEAD", made(chunked=True), b""),
        ("GET", made(304, length=9), b"content-length: 9"),
        ("GET", made(304), b""),
        ("GET", made(204, length=0), b""),
        ("GET", made(204, chunked=True), b""),
        ("GET", made(205, length=0), b"content-length: 0"),
    ],
)
def test_answers_without_a_body_say_what_they_may(method, response, framing):
    sent = Sent(response, method)
    assert sent.head.partition(b"\r\n")[2] == framing
    assert sent.end() == b""


def test_trailers_go_to_who_wants_them():
    response = made(chunked=True, headers=[(b"trailer", b"X-Sum, Set-Cookie")])
    fields = [(b"x-sum", b"1"), (b"set-cookie", b"a=b"), (b"x-podium-a", b"1")]
    sent = Sent(response, takes_trailers=True)
    assert b"\r\ntrailer: X-Sum" in sent.head
    assert sent.end(*fields) == b"0\r\nx-sum: 1\r\n\r\n"
    sent = Sent(response)
    assert b"trailer" not in sent.head
    assert sent.end(*fields) == b"0\r\n\r\n"


def test_who_waits_is_told_once_to_go_on():
    sent = Sent(made(length=0), expects=True)
    sent.delivery.go_ahead()
    assert sent.wire() == b"", "the final answer has begun"
    sent.delivery.waited_for = True
    sent.delivery.go_ahead()
    sent.delivery.go_ahead()
    assert sent.wire() == b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "response", "asked", "reusable"),
    [
        ("GET", made(length=1), {}, True),
        ("GET", made(304, length=9), {}, True),
        ("GET", made(204), {}, True),
        ("GET", made(204, length=5), {}, False),
        ("GET", made(204, chunked=True), {}, False),
        ("HEAD", made(length=1), {}, False),
        ("GET", made(length=1, keep_alive=False), {}, False),
        ("GET", made(426, length=0), {"upgrade": "websocket"}, False),
    ],
)
def test_connections_whose_server_may_say_more_are_not_used_again(
    method, response, asked, reusable
):
    assert Sent(response, method, **asked).delivery.reusable is reusable


def test_a_switch_names_what_was_asked_for():
    sent = Sent(made(length=0), upgrade="tcp")
    sent.delivery.switch(made(101, upgrade="tcp"))
    assert b"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n" in (
        sent.wire()
    )


def test_a_head_is_said_to_each_reader_in_the_readers_way():
    """It is remembered as it was written; another host, page or kind of port asks for another."""
    head = RequestHead("GET", "/", "h", [])
    fields = [(b"x-frame-options", b"DENY"), (b"x-podium-a", b"1"), (b"x-a", b"1")]
    shared = made(length=3, headers=fields)
    readers = [
        Forward(Upstream(Service.SERVER), []),
        *(
            Forward(Upstream(Service.SERVER, 1), [], host=IdeHost("w"), **more)
            for more in (
                {"ancestors": "'self'"},
                {"ancestors": "'self' http://a"},
                {"ancestors": "'self'", "origin": "http://b"},
                {"ancestors": "'self'", "shared": True},
                {},
            )
        ),
    ]
    for forward in readers * 2:
        for strict in (False, True):
            heads = []
            for response in (shared, made(length=3, headers=fields)):
                out = Commands()
                Delivery(head, forward, out, strict=strict).begin(response, closing=False)
                heads.append(out.take())
            assert heads[0] == heads[1]
