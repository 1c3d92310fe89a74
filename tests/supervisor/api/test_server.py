"""What the supervisor serves, and that nothing is served without the proxy's proof."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from supervisor.api.server import Api
from tests.supervisor.samples import KEY
from tests.supervisor.standins import free_port
from wire.proof import PROOF_HEADER, PROOF_LIFETIME, Bearer, prove

STATUS = "/_supervisor/v1/status"
TERMINAL = "/_supervisor/v1/terminals/main"
OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
OWNER = Bearer("u_1", "owner")


class Served:
    """An API on a port of its own."""

    def __init__(self) -> None:
        self.key = KEY
        self.port = free_port()

    async def get(self, path: str, headers: Any) -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers=headers) as answer,
        ):
            return answer.status, json.loads(await answer.text())


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    made = Served()
    api = Api(lambda: made.key, lambda: {"ide": "done"}, lambda _name: None)
    server = await api.start(made.port)
    yield made
    server.close()
    await server.wait_closed()


def proof(path: str, *, key: str = KEY, method: str = "GET", late: float = 0) -> dict[str, str]:
    return {PROOF_HEADER: prove(key, method, path, OWNER, time.time() - late)}


async def test_with_proof_the_status_is_told(served):
    assert await served.get(STATUS, proof(STATUS)) == (200, {"ide": "done"})
    asked = f"{STATUS}?wait=1"
    assert (await served.get(asked, proof(asked)))[0] == 200


@pytest.mark.parametrize(
    "claim",
    [
        dict,
        lambda: {PROOF_HEADER: ""},
        lambda: {PROOF_HEADER: "v1 1 u owner 00"},
        lambda: proof(STATUS, key=OTHER_KEY),
        lambda: proof(TERMINAL),
        lambda: proof(STATUS, method="POST"),
        lambda: proof(STATUS, late=PROOF_LIFETIME + 5),
        lambda: proof(STATUS, late=-PROOF_LIFETIME - 5),
        lambda: [*proof(STATUS).items(), (PROOF_HEADER, "v1 1 u owner 00")],
    ],
    ids=["none", "empty", "made up", "key", "path", "method", "old", "early", "two"],
)
async def test_without_proof_nothing_is_told(served, claim):
    # Made when it is sent: a proof made when tests are collected grows old meanwhile.
    status, body = await served.get(STATUS, claim())
    assert (status, body) == (401, {"code": "proof_missing"})


async def test_before_the_server_has_spoken_there_is_nothing_to_prove(served):
    served.key = ""
    assert await served.get(STATUS, proof(STATUS)) == (503, {"code": "not_ready"})


@pytest.mark.parametrize("path", ["/", "/_supervisor/v1/", "/_supervisor/v1/other", TERMINAL])
async def test_other_paths_do_not_exist(served, path):
    assert await served.get(path, proof(path)) == (404, {"code": "not_found"})


async def test_nobody_may_keep_an_answer(served):
    url = f"http://127.0.0.1:{served.port}{STATUS}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=proof(STATUS)) as answer,
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers
