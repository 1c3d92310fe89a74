"""The way to the server over a network: whose certificate counts, and that all goes over it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from kit.tasks import Tasks
from supervisor.host.asking import Asking, NotGiven
from supervisor.host.link import Link
from supervisor.host.outward import Outward
from tests.authority import Authority
from tests.supervisor.answering import TOKEN, Answering
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.agent import AGENT_PATH, Desired, Observed


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The certificate of who has signed the server's."""
    made = Authority()
    made.issue(tmp_path / "server.pem", "localhost")
    made.issue(tmp_path / "other.pem", "elsewhere.test")
    return made.write(tmp_path / "ca.pem")


def context(file: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


class Listening(Answering):
    """Answers over TLS, by the server's right name or another one."""

    async def on_port(self, certificate: str = "server.pem") -> str:
        self._server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, ssl=context(self.folder / certificate)
        )
        return f"https://localhost:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self._server.close()


@pytest.fixture
async def server(tmp_path: Path, authority: Path) -> AsyncIterator[Listening]:
    del authority
    made = Listening(tmp_path)
    made.answers["/x"] = {"a": 1}
    yield made
    made.stop()


async def test_questions_go_over_it(server: Listening, authority: Path) -> None:
    outward = Outward("/nowhere", await server.on_port(), str(authority))
    assert outward.host.startswith("localhost:")
    asking = Asking(outward, TOKEN)
    assert await asking.ask("/x") == b'{"a": 1}'
    with pytest.raises(NotGiven) as caught:
        await asking.ask("/y")
    assert caught.value.status == 404
    assert {one[1] for one in server.asked} == {f"Bearer {TOKEN}"}


async def test_nobody_else_hears_the_token(
    server: Listening, authority: Path, tmp_path: Path
) -> None:
    stranger = Authority().write(tmp_path / "stranger.pem")
    for certificate, trusted in (("other.pem", authority), ("server.pem", stranger)):
        url = await server.on_port(certificate)
        with pytest.raises(NotGiven) as caught:
            await Asking(Outward("/nowhere", url, str(trusted)), TOKEN).ask("/x")
        assert caught.value.status == 0
        server.stop()
    assert not server.asked


async def test_an_authority_that_cannot_be_read_is_no_answer(server: Listening) -> None:
    outward = Outward("/nowhere", await server.on_port(), "/nowhere/ca.pem")
    with pytest.raises(NotGiven):
        await Asking(outward, TOKEN).ask("/x")


async def test_the_link_goes_over_it(tmp_path: Path, authority: Path) -> None:
    said: list[bytes] = []
    asked: list[tuple[str, str | None]] = []

    async def converse(connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        asked.append((request.path, request.headers.get("Authorization")))
        await connection.send(msgspec.json.encode(wish()), text=True)
        said.append(await connection.recv(decode=False))
        await connection.wait_closed()

    received: list[Desired] = []
    async with serve(
        converse, "127.0.0.1", 0, ssl=context(tmp_path / "server.pem"), close_timeout=0.2
    ) as made:
        (listening,) = made.sockets
        url = f"https://localhost:{listening.getsockname()[1]}"
        link = Link(Outward("/nowhere", url, str(authority)), TOKEN, received.append)
        tasks = Tasks()
        tasks.spawn(link.run(), "link")
        link.send(Observed(version=1))
        await until(lambda: said and received)
        await tasks.close()
    assert asked[0] == (AGENT_PATH, f"Bearer {TOKEN}")
    assert received == [wish()]
