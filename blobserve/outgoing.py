"""Answers as they go out: a head, and a body that is kept or a part of a file."""

import os
import socket
from dataclasses import dataclass
from http import HTTPStatus

from blobserve.core.heads import Head
from blobserve.core.ref import parse
from blobserve.core.replies import Reply
from blobserve.lines import served

_SMALL = 64 << 10
"""Bytes of a body that is kept, and sent with its head."""
_BLOCK = 1 << 20


@dataclass(slots=True)
class Ready:
    """An answer as it goes out."""

    head: bytes
    body: bytes | None
    """None is a part of a file."""
    blob: str
    start: int
    size: int
    line: str
    status: int
    sent: int
    """Bytes of the body."""
    until: float


class Sending:
    """A part of a file that goes out as the client takes it."""

    def __init__(self, head: bytes, file: int, start: int, size: int) -> None:
        self._head = memoryview(head)
        self._file = file
        self._at, self._end = start, start + size

    def some(self, to: socket.socket) -> bool:
        """Send what is taken now; tell whether that was all. Raises OSError of a lost client."""
        try:
            while self._head:
                self._head = self._head[to.send(self._head, socket.MSG_MORE) :]
            sent = 1
            while self._at < self._end and sent:
                count = min(_BLOCK, self._end - self._at)
                sent = os.sendfile(to.fileno(), self._file, self._at, count)
                self._at += sent
        except BlockingIOError:
            return False
        except OSError:
            self.close()
            raise
        self.close()
        if self._at < self._end:
            raise OSError("the file has become shorter")
        return True

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def made(head: Head, reply: Reply, until: float) -> Ready:
    """Return an answer as it goes out; raises FileNotFoundError for a file that has gone."""
    piece, only_head = reply.piece, head.asked.method == "HEAD"
    body: bytes | None = reply.content if reply.content is not None else reply.text.encode()
    size = len(body or b"")
    if piece is not None:
        size, body = piece.size, None
        if size <= _SMALL and not only_head:
            with open(piece.blob, "rb", buffering=0) as file:  # noqa: PTH123 - as quick as it gets
                body = os.pread(file.fileno(), size, piece.start)
    headers = reply.headers
    if reply.status != HTTPStatus.NOT_MODIFIED:
        headers = {**headers, "Content-Length": str(size)}
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if only_head or reply.status == HTTPStatus.NOT_MODIFIED:
        body = b""
    wanted = parse(head.target)
    sent = 0 if body == b"" else size
    line = served(
        head.asked.method,
        wanted.path if wanted is not None else "",
        reply.status,
        headers.get("Content-Encoding", ""),
        sent,
    )
    blob, start = (piece.blob, piece.start) if piece is not None else ("", 0)
    written = "\r\n".join([*lines, "", ""]).encode()
    return Ready(written, body, blob, start, size, line, reply.status, sent, until)
