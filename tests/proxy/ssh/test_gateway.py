"""From a client's greeting to its end: who is led in, what they see, why they are put out."""

import asyncio

import asyncssh
import pytest

from kit.tasks import Tasks
from proxy.ssh import gateway as module
from tests.proxy.ssh.world import ALICE, INSTANCE, READY, WORKSPACE, House
from tests.waiting import until
from wire.problems import Problem
from wire.ssh import Entry, Known

GONE = Problem(code="workspace_unknown", title="There is no such workspace", status=404)


class Client(asyncssh.SSHClient):
    """Keeps what it is shown, and why it was put out."""

    def __init__(self) -> None:
        self.shown = ""
        self.lost: Exception | None = None

    def auth_banner_received(self, msg: str, lang: str) -> None:
        self.shown += msg

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = exc


async def test_a_key_leads_into_the_workspace(house: House) -> None:
    async with house.connect() as client:
        assert (await client.run("echo in")).stdout == "in\n"
    (entered,) = house.truth.entered
    assert (entered.workspace, entered.user) == (WORKSPACE, "alice")
    assert entered.credential == ALICE.credential
    await until(lambda: not house.gateway.connections)


async def test_a_password_does_too(house: House) -> None:
    house.truth.tokens[f"{WORKSPACE} secret"] = Known(user="alice", credential="token:p_1")
    async with house.connect(client_keys=None, password="secret") as client:
        assert (await client.run("echo in")).stdout == "in\n"
    assert house.truth.entered[0].credential == "token:p_1"


async def test_nothing_of_a_workspace_is_touched_for_who_proves_nothing(house: House) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        await house.connect(client_keys=[other], password="wrong")
    assert house.truth.entered == []


async def test_who_waits_is_shown_what_for(house: House) -> None:
    doing = [Entry(ready=False, instance=INSTANCE, doing=one) for one in ("content", "supervisor")]
    house.truth.entries = [doing[0], doing[1], READY]
    client = Client()
    async with house.connect(client_factory=lambda: client) as connection:
        assert (await connection.run("echo in")).stdout == "in\n"
    words = [f"Starting {WORKSPACE}: {one}\n" for one in ("content", "supervisor")]
    assert client.shown == "".join(words)
    assert [one.seen for one in house.truth.entered] == ["", "content", "supervisor"]


async def test_a_refusal_is_told_in_words(house: House) -> None:
    house.truth.entries = [GONE]
    with pytest.raises(asyncssh.DisconnectError, match="There is no such workspace"):
        await house.connect("somebody")
    assert house.truth.entered[0].workspace == "-"


async def test_a_workspace_that_does_not_answer_is_told(house: House) -> None:
    house.truth.entries = [Entry(ready=True, instance="other.1", key=READY.key)]
    with pytest.raises(asyncssh.DisconnectError, match="does not answer"):
        await house.connect()


async def test_another_host_key_inside_is_nobody_to_talk_to(house: House) -> None:
    """A process that took the port is not the workspace's server."""
    house.truth.entries = [Entry(ready=True, instance=INSTANCE, key="AAAA" + READY.key[4:])]
    with pytest.raises(asyncssh.DisconnectError, match="does not answer"):
        await house.connect()


async def test_what_is_void_ends_with_the_reason(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.02)
    tasks, client = Tasks(), Client()
    tasks.spawn(house.gateway.watch(), "watch")
    connection, _ = await house.connect(client_factory=lambda: client), None
    await connection.run("true")
    await until(lambda: house.truth.held)
    (held,) = house.truth.held[0].held
    assert (held.workspace, held.instance, held.user) == (WORKSPACE, INSTANCE, "alice")
    # what was told before the command ran knows nothing of it
    await until(lambda: any(one.held[0].used for one in house.truth.held))
    house.truth.void = {held.id: "The key that you came with has been removed."}
    await connection.wait_closed()
    assert not house.gateway.connections
    await tasks.close()


async def test_drain_lets_a_command_end_and_then_says_goodbye(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DRAIN", 0.05)
    client = Client()
    connection = await house.connect(client_factory=lambda: client)
    await asyncio.gather(house.gateway.drain(), connection.wait_closed())
    assert house.gateway.connections == 0
    with pytest.raises((OSError, asyncssh.Error)):
        await house.connect()


async def test_too_many_are_turned_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.connect():
        monkeypatch.setattr(module, "MOST", 1)
        with pytest.raises((OSError, asyncssh.Error)):
            await house.connect()


async def test_one_address_that_proves_nothing_has_few(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_UNPROVEN_OF_ONE", 1)
    async with house.connect():  # proven, so it is none of them
        pass
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    assert (await reader.readline()).startswith(b"SSH-2.0-")
    with pytest.raises((OSError, asyncssh.Error)):
        await house.connect()
    writer.close()
