"""The pieces of answers: heads that nobody keeps, and documents one after the other."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from http import HTTPStatus
from typing import Any

import h11
import msgspec

COMMENT_EVERY = 20.0
"""Seconds between signs of life in a stream without news."""
EVENTS, JSON = b"text/event-stream", b"application/json"


def response(
    status: HTTPStatus,
    content: bytes | None = None,
    *,
    kind: bytes = JSON,
    more: Mapping[str, str] | None = None,
) -> h11.Response:
    """Return the head of an answer that ends the connection; without content, of a stream."""
    usual = {b"content-type": kind, b"cache-control": b"no-store", b"connection": b"close"}
    said = {name.encode(): value.encode() for name, value in (more or {}).items()}
    fields = list({**usual, **said}.items())
    if content is not None:
        fields.append((b"content-length", b"%d" % len(content)))
    return h11.Response(status_code=status, reason=status.phrase.encode(), headers=fields)


def framed(document: Any, *, events: bool) -> bytes:
    """Return a document of a stream; None is a sign of life, which lines have none of.

    Without events it is a line `{"result": …}`, as Gitpod's gateway writes its streams.
    """
    if document is None:
        return b":\n\n" if events else b""
    content = msgspec.json.encode(document)
    return b"data: %s\n\n" % content if events else b'{"result":%s}\n' % content


async def paced(
    documents: AsyncGenerator[Any, None], every: float = COMMENT_EVERY
) -> AsyncGenerator[Any, None]:
    """Yield what comes, and None whenever nothing has come for `every` seconds."""
    loop = asyncio.get_running_loop()

    async def take() -> Any:
        return await anext(documents)

    following = loop.create_task(take(), name="stream")
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=every)
            if not done:
                yield None
                continue
            try:
                document = following.result()
            except StopAsyncIteration:
                return
            yield document
            following = loop.create_task(take(), name="stream")
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await documents.aclose()
