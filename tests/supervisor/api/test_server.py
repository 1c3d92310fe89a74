"""Both listeners, and how WebSockets come out of them."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from supervisor.api import server
from supervisor.api.endpoint import Call, Refused, Who, answers, converses
from supervisor.api.server import Api
from supervisor.api.table import PREFIX, Table
from tests.supervisor.api.serving import Served, proof, serving
from tests.waiting import until
from wire.proof import PROOF_LIFETIME

OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
TARGET = f"{PREFIX}/v1/mine"


async def echo(call: Call, connection: ServerConnection) -> None:
    if call.values["id"] == "refused":
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_thing")
    if call.values["id"] == "broken":
        raise KeyError
    await connection.send(f"{call.values['id']} {call.query.get('a')} {call.bearer is not None}")
    async for message in connection:
        await connection.send(message)


@pytest.fixture
async def served(account) -> AsyncIterator[Served]:
    endpoints = [
        answers("GET", "/v1/mine", Who.PERSON, lambda _call: {"mine": True}),
        converses("/v1/echo/{id}", Who.PERSON, echo),
    ]
    async with serving(endpoints, account) as made:
        yield made


@pytest.mark.parametrize(
    "claim",
    [
        dict,
        lambda: {"x-podium-proof": ""},
        lambda: {"x-podium-proof": "v1 1 u owner 00"},
        lambda: proof(TARGET, key=OTHER_KEY),
        lambda: proof(f"{TARGET}/other"),
        lambda: proof(TARGET, method="POST"),
        lambda: proof(TARGET, late=PROOF_LIFETIME + 5),
        lambda: proof(TARGET, late=-PROOF_LIFETIME - 5),
        lambda: [*proof(TARGET).items(), ("x-podium-proof", "v1 1 u owner 00")],
    ],
    ids=["none", "empty", "made up", "key", "path", "method", "old", "early", "two"],
)
async def test_without_proof_nothing_is_told(served, claim):
    # Made when it is sent: a proof made when tests are collected grows old meanwhile.
    assert await served.ask("GET", "/v1/mine", claim()) == (401, {"code": "proof_missing"})


async def test_before_the_server_has_spoken_there_is_nothing_to_prove(served):
    served.key = ""
    assert await served.ask("GET", "/v1/mine") == (503, {"code": "not_ready"})


async def test_both_listeners_answer(served):
    assert await served.ask("GET", "/v1/mine?x=1") == (200, {"mine": True})
    assert await served.inside("GET", "/v1/mine?x=1") == (200, {"mine": True})


async def test_a_websocket_talks_on_both(served):
    target = f"{PREFIX}/v1/echo/one?a=b"
    url = f"ws://127.0.0.1:{served.port}{target}"
    async with connect(url, additional_headers=proof(target)) as connection:
        assert await connection.recv() == "one b True"
        await connection.send(b"bytes")
        assert await connection.recv() == b"bytes"
    async with (
        served.session() as session,
        session.ws_connect("http://localhost/v1/echo/two") as socket,
    ):
        assert (await socket.receive()).data == "two None False"


async def test_a_websocket_without_proof_is_refused_as_a_request_is(served):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://127.0.0.1:{served.port}{PREFIX}/v1/echo/one"):
            pass
    assert refused.value.response.status_code == 401


async def test_a_handshake_that_is_none_is_refused(served):
    headers = {"Connection": "upgrade", "Upgrade": "websocket"}
    async with (
        served.session() as session,
        session.get("http://localhost/v1/echo/one", headers=headers) as answer,
    ):
        assert answer.status == 400


async def test_a_refusal_after_the_handshake_closes_with_its_words(served):
    async with (
        served.session() as session,
        session.ws_connect("http://localhost/v1/echo/refused") as socket,
    ):
        message = await socket.receive()
        assert (socket.close_code, message.extra) == (4404, "no_such_thing")


async def test_an_endpoint_that_fails_closes_its_own_connection_alone(served, capsys):
    target = f"{PREFIX}/v1/echo/broken"
    url = f"ws://127.0.0.1:{served.port}{target}"
    async with connect(url, additional_headers=proof(target)) as connection:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
    await until(lambda: "KeyError" in capsys.readouterr().err)
    assert (await served.ask("GET", "/v1/mine"))[0] == 200


async def test_connections_are_bounded_and_counted_down(served, monkeypatch):
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 2)
    held = [await asyncio.open_unix_connection(served.path) for _ in range(2)]
    reader, writer = await asyncio.open_unix_connection(served.path)
    assert await reader.read() == b""
    writer.close()
    for _, one in held:
        one.close()

    async def answered() -> bool:
        try:
            return (await served.inside("GET", "/v1/mine"))[0] == 200
        except OSError:
            return False

    await until(answered, timeout=10)


async def test_the_socket_is_the_persons_alone(served):
    assert stat.S_IMODE(Path(served.path).stat().st_mode) == 0o600


async def test_nothing_else_runs_under_its_mask(account, tmp_path: Path):
    """The mask is the process's: a folder made meanwhile would be closed to its own person."""

    async def look() -> int:
        mask = os.umask(0o022)
        os.umask(mask)
        return mask

    (tmp_path / "gp.sock").touch()  # what an earlier one left
    before = await look()
    made, meanwhile = await asyncio.gather(
        Api(Table([])).on_socket(str(tmp_path / "gp.sock"), account), look()
    )
    assert meanwhile == before
    made.close()
    await made.wait_closed()
