import os
import socket
from pathlib import Path

import pytest

from blobserve.core.compose import Piece
from blobserve.core.heads import Head
from blobserve.core.replies import Asked, Reply, refuse
from blobserve.outgoing import Sending, made

CONTENT = bytes(range(256)) * 8192


@pytest.fixture
def piece(tmp_path: Path) -> Piece:
    (tmp_path / "tar").write_bytes(b"before" + CONTENT + b"after")
    return Piece(str(tmp_path / "tar"), 6, len(CONTENT), "t")


def head(method: str = "GET") -> Head:
    return Head("/blobserve/a:1/__files__/b", Asked(method))


def test_small_bodies_go_with_their_head_and_large_ones_do_not(piece: Piece) -> None:
    small = Piece(piece.blob, 6, 100, "t")
    found = made(head(), Reply(200, {"ETag": '"t"'}, small), 1)
    assert found.body == CONTENT[:100]
    assert found.head == b'HTTP/1.1 200 OK\r\nETag: "t"\r\nContent-Length: 100\r\n\r\n'
    assert '"path": "b"' in found.line
    large = made(head(), Reply(200, {}, piece), 1)
    assert (large.body, large.start, large.size) == (None, 6, len(CONTENT))
    assert made(head("HEAD"), Reply(200, {}, piece), 1).body == b""


def test_other_answers(piece: Piece) -> None:
    found = made(head(), refuse(404, "No."), 1)
    assert found.body == b"No.\n"
    assert b"HTTP/1.1 404 Not Found\r\n" in found.head
    kept = made(head(), Reply(304, {"ETag": '"t"'}), 1)
    assert b"Content-Length" not in kept.head
    assert made(head(), Reply(200, {}, content=b"page"), 1).body == b"page"
    with pytest.raises(FileNotFoundError):
        made(head(), Reply(200, {}, Piece("/nowhere", 0, 1, "t")), 1)


def test_a_part_goes_out_as_it_is_taken(piece: Piece) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with Path(piece.blob).open("rb") as file, theirs:
        sending = Sending(b"head", os.dup(file.fileno()), piece.start, piece.size)
        got = b""
        while not sending.some(ours):
            got += theirs.recv(1 << 20)
        ours.close()
        while chunk := theirs.recv(1 << 20):
            got += chunk
    assert got == b"head" + CONTENT
    sending.close()


def test_a_client_that_has_gone_and_a_file_that_shrank(piece: Piece) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    sending = Sending(b"head", os.open(piece.blob, os.O_RDONLY), 0, 10)
    with pytest.raises(OSError, match="pipe"):
        sending.some(ours)
    ours.close()
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(OSError, match="shorter"):
        Sending(b"", os.open(piece.blob, os.O_RDONLY), len(CONTENT), 1000).some(ours)
