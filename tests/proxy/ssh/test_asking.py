"""What the server says, and what its absence means."""

import pytest

from proxy.ssh.asking import Away, Refused, Server
from tests.proxy.ssh.world import INSTANCE, READY, WORKSPACE, House
from wire.problems import Problem
from wire.ssh import Authenticate, Enter, Held

ENTER = Enter(workspace=WORKSPACE, user="alice", credential="key:k_1")


async def test_answers_come_as_they_are(house: House) -> None:
    server = house.gateway.server
    assert await server.enter(ENTER) == READY
    assert await server.authenticate(Authenticate(workspace=WORKSPACE, token="x")) is None
    house.truth.void = {1: "gone"}
    one = Held(id=1, workspace=WORKSPACE, instance=INSTANCE, user="alice", credential="key:k_1")
    assert await server.held([one]) == {1: "gone"}


async def test_a_refusal_is_the_servers_problem(house: House) -> None:
    house.truth.entries = [Problem(code="workspace_unknown", title="None", status=404)]
    with pytest.raises(Refused) as caught:
        await house.gateway.server.enter(ENTER)
    assert caught.value.problem.code == "workspace_unknown"


async def test_a_server_that_fails_or_is_none_is_away(house: House) -> None:
    house.truth.entries = [Problem(code="internal", title="Mistake", status=500)]
    with pytest.raises(Away):
        await house.gateway.server.enter(ENTER)
    none = Server(str(house.folder / "none.sock"))
    with pytest.raises(Away):
        await none.held([])
    await none.close()
