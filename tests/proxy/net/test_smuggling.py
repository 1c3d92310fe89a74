"""The corpus of hostile requests over real sockets, with an upstream that reads as llhttp does."""

import asyncio

import httptools

from tests.proxy.core.play import OK
from tests.proxy.hostile import Hostile, RequestJudge, ResponseJudge, abbreviated, hostile_requests
from tests.proxy.net.whole import INSTANCE, Whole
from tests.proxy.world import OPEN_PORT, request


class Listening:
    """An upstream that answers what llhttp takes for a request, and remembers all it was told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.heard = b""
        self.faults: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        judge = RequestJudge()
        while data := await reader.read(65536):
            self.heard += data
            before = len(judge.seen)
            try:
                judge.feed(data)
            except httptools.HttpParserError as error:
                self.faults.append(str(error))
                break
            self.seen += judge.seen[before:]
            writer.write(OK * (len(judge.seen) - before))
        writer.close()


async def answered(reader: asyncio.StreamReader, count: int) -> ResponseJudge:
    """Read so many final answers, or until the end when there are fewer."""
    judge = ResponseJudge()
    while len(judge.statuses) < count:
        data = await reader.read(65536)
        if not data:
            break
        judge.feed(data)
    return judge


async def differences(whole: Whole, upstream: Listening, row: Hostile) -> dict[str, object]:
    """What is not as the row says."""
    reader, writer = await whole.raw()
    seen, heard = len(upstream.seen), len(upstream.heard)
    writer.write(row.send)
    found: dict[str, object] = {}
    statuses = (await answered(reader, len(row.statuses))).statuses
    if statuses != row.statuses:
        found["statuses"] = statuses
    if row.ends:
        if rest := await reader.read():
            found["behind the last answer"] = rest
    else:
        writer.write(request("/after", OPEN_PORT))
        if (await answered(reader, 1)).statuses != [200]:
            found["afterwards"] = "no answer"
        upstream.seen.remove("GET /after")
    if upstream.seen[seen:] != row.seen:
        found["seen"] = upstream.seen[seen:]
    if row.reaches and not abbreviated(upstream.heard[heard:]).startswith(row.reaches):
        found["reaches"] = abbreviated(upstream.heard[heard:])
    writer.close()
    return found


async def test_every_row_ends_as_it_says(whole: Whole) -> None:
    upstream = Listening()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    whole.node.ports[INSTANCE, 4000] = server.sockets[0].getsockname()[1]
    found = {}
    for row in hostile_requests():
        async with asyncio.timeout(60):
            if wrong := await differences(whole, upstream, row):
                found[row.name] = wrong
    server.close()
    assert found == {}
    assert upstream.faults == [], "an upstream was sent what it could not read"
