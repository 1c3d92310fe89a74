"""The pieces of answers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

import pytest

from supervisor.api.replies import EVENTS, framed, paced, response


def test_a_head_says_that_nobody_keeps_it_and_that_the_connection_ends():
    head = response(HTTPStatus.OK, b"{}")
    assert head.reason == b"OK"
    assert dict(head.headers) == {
        b"content-type": b"application/json",
        b"cache-control": b"no-store",
        b"connection": b"close",
        b"content-length": b"2",
    }
    assert (b"x-more", b"1") in response(HTTPStatus.OK, b"", more={"x-more": "1"}).headers
    stream = response(HTTPStatus.OK, kind=EVENTS)
    assert b"content-length" not in dict(stream.headers)


def test_documents_are_events_or_lines():
    assert framed({"a": "x\ny"}, events=True) == b'data: {"a":"x\\ny"}\n\n'
    assert framed({"a": 1}, events=False) == b'{"result":{"a":1}}\n'
    assert (framed(None, events=True), framed(None, events=False)) == (b":\n\n", b"")


async def test_silence_is_broken_and_the_source_is_closed():
    closed = asyncio.Event()

    async def documents() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with aclosing(paced(documents(), every=0.01)) as stream:
        assert [await anext(stream), await anext(stream)] == [1, None]
    assert closed.is_set()


async def test_the_end_and_a_failure_of_the_source_are_passed_on():
    async def documents() -> AsyncGenerator[int, None]:
        yield 1
        raise KeyError

    with pytest.raises(KeyError):
        assert [one async for one in paced(documents())]

    async def two() -> AsyncGenerator[int, None]:
        yield 1
        yield 2

    assert [one async for one in paced(two())] == [1, 2]
