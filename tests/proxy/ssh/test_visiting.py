"""What a client shows, and how often it may."""

import asyncssh
import pytest

from proxy.core import tries
from proxy.ssh.visiting import spoken
from tests.proxy.ssh.world import ALICE, WORKSPACE, House
from wire.problems import Problem


class Answering(asyncssh.SSHClient):
    """Answers questions instead of showing a key."""

    asked = ""

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts) -> list[str]:
        Answering.asked = instructions
        return ["secret" for _ in prompts]


async def test_without_a_key_a_password_is_asked_for_and_where_there_is_one(house: House) -> None:
    house.truth.tokens[f"{WORKSPACE} secret"] = ALICE
    async with house.connect(client_keys=None, client_factory=Answering) as client:
        assert (await client.run("true")).exit_status == 0
    assert "http://podium.localhost:8080/settings" in Answering.asked


async def test_a_password_is_of_one_workspace(house: House) -> None:
    house.truth.tokens["blue-crane-0123456789 secret"] = ALICE
    with pytest.raises(asyncssh.PermissionDenied):
        await house.connect(client_keys=None, password="secret")


async def test_a_key_of_nobody_and_the_key_behind_it(house: House) -> None:
    """An agent offers all its keys; the one that signs counts."""
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    async with house.connect(client_keys=[other, house.key]) as client:
        assert (await client.run("true")).exit_status == 0


async def test_who_guesses_has_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "MOST", 2)
    for word in ("a", "b"):
        with pytest.raises(asyncssh.Error):
            await house.connect(client_keys=None, password=word)
    with pytest.raises((OSError, asyncssh.Error)):
        await house.connect()
    assert house.truth.entered == []


async def test_the_server_away_is_said(house: House) -> None:
    house.gateway.server._path = "/nowhere"
    await house.gateway.server.close()
    house.gateway.server._session = None
    with pytest.raises(asyncssh.DisconnectError, match="Podium is starting, or has stopped"):
        await house.connect()


def test_a_problem_is_spoken_in_a_line() -> None:
    problem = Problem(code="x", title="It failed", detail="For a reason.", cure="Do this.")
    assert spoken(problem) == "It failed. For a reason. Do this."
    assert spoken(Problem(code="x", title="It failed")) == "It failed."
