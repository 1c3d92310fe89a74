"""Naming, pinning, restarting, and stopping many."""

import pytest

from app.faults import Malformed, Missing
from app.workspaces.structs import ChangeWorkspace
from app.workspaces.upkeep import MOST, Upkeep
from tests.app.workspaces.control import Control
from wire.phases import Phase


@pytest.fixture
def upkeep(control: Control) -> Upkeep:
    return Upkeep(control.store, control.service)


async def test_a_name_is_for_people_and_is_recorded(control: Control, upkeep: Upkeep) -> None:
    made = await control.create()
    changed = await upkeep.change(control.alice, made.id, ChangeWorkspace(name="  Payments  API "))
    assert (changed.name, changed.id, changed.ide_url) == ("Payments API", made.id, made.ide_url)
    assert changed.version == made.version + 1
    again = await upkeep.change(control.alice, made.id, ChangeWorkspace(name="Payments API"))
    assert again.version == changed.version
    kinds = [one.kind for one in await control.service.events(control.alice, made.id)]
    assert kinds == ["renamed", "created"]


@pytest.mark.parametrize("name", [" ", "a\x00b", "\u202e"])
async def test_what_cannot_be_shown_is_no_name(control: Control, upkeep: Upkeep, name: str) -> None:
    made = await control.create()
    with pytest.raises(Malformed) as refused:
        await upkeep.change(control.alice, made.id, ChangeWorkspace(name=name))
    assert refused.value.code == "name_invalid"
    assert (await control.see(made.id)).name == "demo"


async def test_a_pin_stays_until_it_is_taken_out(control: Control, upkeep: Upkeep) -> None:
    made = await control.create()
    assert not made.pinned
    assert (await upkeep.change(control.alice, made.id, ChangeWorkspace(pinned=True))).pinned
    assert (await upkeep.change(control.alice, made.id, ChangeWorkspace(name="x"))).pinned
    assert not (await upkeep.change(control.alice, made.id, ChangeWorkspace(pinned=False))).pinned


async def test_what_it_opens_with_is_chosen_and_told_to_its_supervisor(
    control: Control, upkeep: Upkeep
) -> None:
    made = await control.create()
    changed = await upkeep.change(control.alice, made.id, ChangeWorkspace(ide="terminal"))
    assert (changed.ide, changed.version) == ("terminal", made.version + 1)
    await upkeep.change(control.alice, made.id, ChangeWorkspace(name="x"))
    kinds = [one.text for one in await control.service.events(control.alice, made.id)]
    assert "Opens the terminals." in kinds
    again = await upkeep.change(control.alice, made.id, ChangeWorkspace(ide="vscode"))
    assert again.ide == "vscode"


async def test_a_restart_stops_and_starts(control: Control, upkeep: Upkeep) -> None:
    async with control.reconciling():
        made = await control.create()
        await control.run(made.id)
        await upkeep.restart(control.alice, made.id)
        view = await control.run(made.id)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_a_restart_is_wished_at_once(control: Control, upkeep: Upkeep) -> None:
    """Between two changes the server may be killed, and it would stay stopped."""
    made = await control.create()
    wished = await upkeep.restart(control.alice, made.id)
    assert (wished.phase, wished.version) == (Phase.STOPPING, made.version + 1)
    again = await upkeep.restart(control.alice, made.id)
    assert again.version == wished.version
    async with control.reconciling():
        view = await control.contained(made.id)
    assert view.instance is not None
    assert view.instance.n == 2


async def test_many_stop_at_once_and_only_ones_own(control: Control, upkeep: Upkeep) -> None:
    async with control.reconciling():
        one, two = await control.create(), await control.create()
        await upkeep.stop_all(control.alice, [one.id, two.id])
        for made in (one, two):
            await control.at(made.id, Phase.STOPPED)
    for names in ([one.id], ["amber-otter-0000000000"], ["x"]):
        with pytest.raises(Missing):
            await upkeep.stop_all(control.bob, names)
    with pytest.raises(Malformed) as refused:
        await upkeep.stop_all(control.alice, ["x"] * (MOST + 1))
    assert refused.value.code == "too_many"


async def test_nobody_changes_what_is_not_theirs(control: Control, upkeep: Upkeep) -> None:
    made = await control.create()
    with pytest.raises(Missing):
        await upkeep.change(control.bob, made.id, ChangeWorkspace(name="mine"))
    with pytest.raises(Missing):
        await upkeep.restart(control.bob, made.id)
