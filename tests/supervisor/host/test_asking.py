"""Questions to the server, over its socket."""

import stat

import pytest

from supervisor.host.asking import Asking, NotGiven, listen
from supervisor.host.outward import Outward
from tests.supervisor.answering import TOKEN, answering
from wire.agentgit import (
    CredentialAsked,
)

ASKED = CredentialAsked(protocol="https", host="h.org")


async def test_a_question_carries_the_token_and_brings_the_answer():
    async with answering() as server:
        server.answers["/agent/v1/x"] = {"username": "ada"}
        assert await server.asking.ask("/agent/v1/x", ASKED) == b'{"username": "ada"}'
        body = {"protocol": "https", "host": "h.org"}
        assert server.asked == [("/agent/v1/x", f"Bearer {TOKEN}", body)]


@pytest.mark.parametrize("status", [401, 403, 404, 500])
async def test_a_refusal_says_why(status):
    async with answering() as server:
        server.answers["/x"] = status
        with pytest.raises(NotGiven) as refused:
            await server.asking.ask("/x")
        assert refused.value.status == status


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"H" * 70000,
    ],
)
async def test_what_is_no_answer_is_none(answer):
    async with answering() as server:
        server.answers["/x"] = answer
        with pytest.raises(NotGiven) as refused:
            await server.asking.ask("/x")
        assert refused.value.status == 0


async def test_a_server_that_is_not_there_gives_nothing(tmp_path):
    with pytest.raises(NotGiven):
        await Asking(Outward(str(tmp_path / "none.sock")), TOKEN).ask("/x")


async def test_a_socket_is_the_persons_alone_and_replaces_an_old_one(account, tmp_path):
    async def nobody(_reader, writer):
        writer.close()

    place = tmp_path / "s"
    place.touch()
    server = await listen(str(place), account, nobody)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    server.close()
    await server.wait_closed()
