"""Bodies that come in: in pieces worth a write, and with an end when nothing comes any more."""

import asyncio
import re
from collections.abc import AsyncIterator

from aiohttp import ClientError, web

from blobserve.core.faults import Fault

_QUIET = 60.0
"""Seconds that a body may stand still."""
_CONTENT_RANGE = re.compile(r"(?:bytes )?(\d{1,15})-(\d{1,15})(?:/(?:\d{1,15}|\*))?", re.ASCII)


def part_of(header: str) -> int | None:
    """Return where a piece of an upload begins; None when it does not say. Raises Fault."""
    if not header:
        return None
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise Fault.upload_invalid(f"Content-Range {header!r:.100} cannot be read")
    return int(match[1])


async def pieces(request: web.BaseRequest, size: int) -> AsyncIterator[bytes]:
    """Give a body in pieces of about `size` bytes, and never more than that in memory."""
    gathered = bytearray()
    try:
        while True:
            async with asyncio.timeout(_QUIET):
                chunk = await request.content.readany()
            gathered += chunk
            if gathered and (not chunk or len(gathered) >= size):
                yield bytes(gathered)
                gathered.clear()
            if not chunk and request.content.at_eof():
                return
    except (ClientError, ConnectionError) as error:
        if gathered:
            # whoever goes on begins behind what has come
            yield bytes(gathered)
        raise Fault.upload_invalid(f"the upload broke off: {error}") from error
    except TimeoutError as error:
        raise Fault(408, "BLOB_UPLOAD_INVALID", "The upload stood still for too long.") from error


async def whole(request: web.BaseRequest, limit: int) -> bytes:
    """Return a small body; raises Fault for a larger one."""
    found = bytearray()
    async for piece in pieces(request, 1 << 16):
        found += piece
        if len(found) > limit:
            raise Fault.too_large(limit)
    return bytes(found)
