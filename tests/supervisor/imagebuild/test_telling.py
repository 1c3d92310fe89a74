import asyncio

import msgspec
import pytest

from supervisor.host.asking import NotGiven
from supervisor.imagebuild import telling as module
from supervisor.imagebuild.telling import Telling
from wire.imagebuild import MOST_LOG, LogKept, LogPiece

SECRET = b"built.abc.0123456789"


class Server:
    """Keeps what it is told, or says that it does not want to know."""

    def __init__(self, status: int = 200) -> None:
        self.text = b""
        self.status = status

    async def ask(self, target: str, question: msgspec.Struct | None = None) -> bytes:
        assert isinstance(question, LogPiece)
        if self.status != 200:
            raise NotGiven(self.status)
        if question.offset == len(self.text):
            self.text += question.data
        return msgspec.json.encode(LogKept(length=len(self.text)))


def told(server: Server, *pieces: bytes) -> bytes:
    telling = Telling(server, SECRET)  # type: ignore[arg-type] # the one method that is used
    for piece in pieces:
        telling.take(piece)
    telling.end()
    assert asyncio.run(telling.flush())
    return server.text


def test_output_arrives_in_order_and_whole():
    assert told(Server(), b"a" * 200_000, b"b") == b"a" * 200_000 + b"b"


@pytest.mark.parametrize("cut", range(1, len(SECRET)))
def test_the_secret_is_never_told_however_it_is_cut(cut: int):
    said = b"token " + SECRET + b" ok\n"
    assert told(Server(), said[: 6 + cut], said[6 + cut :]) == b"token [secret] ok\n"


def test_a_log_has_an_end():
    text = told(Server(), b"x" * MOST_LOG, b"more")
    assert len(text) == MOST_LOG
    assert b"not kept" in text[-60:]


def test_a_build_that_is_over_tells_nothing_more():
    telling = Telling(Server(403), SECRET)  # type: ignore[arg-type] # the one method that is used
    telling.say("hello")
    assert not asyncio.run(telling.flush())


def test_lines_of_the_builder_s_own_are_dim():
    assert told(Server()) == b""
    telling = Telling(Server(), SECRET)  # type: ignore[arg-type] # as above
    telling.say("Building Dockerfile")
    assert b"\x1b[2mBuilding Dockerfile\x1b[0m\r\n" in telling._text
    assert module.PERIOD > 0
