"""The questions' end of a server: an agent listener that answers what a test gave it."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from supervisor.host.asking import Asking
from supervisor.host.outward import Outward

TOKEN = "the-token"


class Answering:
    """Notes (path, token, body); answers by path with a document, or with a status."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, Any] = {}

    @property
    def asking(self) -> Asking:
        return Asking(Outward(str(self.folder / "server.sock")), TOKEN)

    def answer(self, path: str, _body: Any) -> Any:
        return self.answers.get(path, 404)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = json.loads(await reader.readexactly(int(fields["Content-Length"])))
        path = head.split(" ")[1]
        self.asked.append((path, fields["Authorization"], body))
        answer = self.answer(path, body)
        if isinstance(answer, bytes):
            writer.write(answer)
        elif isinstance(answer, int):
            writer.write(f"HTTP/1.1 {answer} No\r\ncontent-length: 0\r\n\r\n".encode())
        else:
            content = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        writer.close()


@asynccontextmanager
async def answering(kind: type[Answering] = Answering) -> AsyncIterator[Answering]:
    with tempfile.TemporaryDirectory() as folder:
        made = kind(Path(folder))
        server = await asyncio.start_unix_server(made.serve, made.folder / "server.sock")
        yield made
        server.close()
        await server.wait_closed()
