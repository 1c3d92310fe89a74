"""Keys and passwords: one's own, so many, shown once."""

import pytest

from app.faults import Conflict, Malformed, Missing
from app.sshaccess import service
from app.sshaccess.service import SshAccess
from app.sshaccess.structs import AddKey
from tests.app.sshaccess.conftest import Given, new_key
from tests.app.workspaces.control import HOSTS
from wire.ssh import command_of


async def test_a_key_is_kept_shown_and_removed(given: Given) -> None:
    alice, bob = given.control.alice, given.control.bob
    line = new_key()
    made = await given.access.add_key(alice, AddKey(key=line))
    assert (made.title, made.algorithm, made.used) == ("me@laptop", "ssh-ed25519", None)
    assert (await given.access.keys(alice)).keys == [made]
    assert (await given.access.keys(bob)).keys == []
    with pytest.raises(Missing) as caught:
        await given.access.remove_key(bob, made.id)
    assert caught.value.code == "key_missing"
    await given.access.remove_key(alice, made.id)
    assert (await given.access.keys(alice)).keys == []


async def test_a_key_is_added_once_and_by_each(given: Given) -> None:
    line = new_key()
    for person in (given.control.alice, given.control.bob):
        await given.access.add_key(person, AddKey(key=line, title="mine"))
    with pytest.raises(Conflict) as caught:
        await given.access.add_key(given.control.alice, AddKey(key=line))
    assert caught.value.code == "key_known"
    with pytest.raises(Malformed):
        await given.access.add_key(given.control.alice, AddKey(key="x"))


async def test_there_are_not_endlessly_many(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_KEYS", 1)
    await given.access.add_key(given.control.alice, AddKey(key=new_key()))
    with pytest.raises(Conflict) as caught:
        await given.access.add_key(given.control.alice, AddKey(key=new_key()))
    assert caught.value.code == "keys_too_many"


async def test_a_password_is_for_ones_own_workspace(given: Given) -> None:
    made = await given.control.create()
    told = await given.access.make_token(given.control.alice, made.id)
    assert told.command == f"ssh {made.id}@localhost -p 2222"
    assert told.expires == given.control.clock.now() + 600
    assert told.password not in told.command
    for workspace in (made.id, "amber-otter-0000000000", "x"):
        with pytest.raises(Missing):
            await given.access.make_token(given.control.bob, workspace)


async def test_without_a_gateway_it_says_so(given: Given) -> None:
    made = await given.control.create()
    off = SshAccess(given.control.database, given.control.clock, HOSTS, 0)
    with pytest.raises(Conflict) as caught:
        await off.make_token(given.control.alice, made.id)
    assert caught.value.code == "ssh_off"


def test_the_usual_port_is_not_said() -> None:
    assert command_of("w", "podium.example", 22) == "ssh w@podium.example"
