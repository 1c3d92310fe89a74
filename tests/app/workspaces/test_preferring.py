"""What a person wants of all new workspaces."""

import pytest
from msgspec import UNSET

from app.faults import Malformed
from app.workspaces.preferring import ChangePreferences, Preferring
from app.workspaces.structs import CreateWorkspace
from tests.app.workspaces.control import Control
from wire.ides import Ide


@pytest.fixture
def preferring(control: Control) -> Preferring:
    return Preferring(control.store)


async def test_a_new_workspace_opens_as_preferred_unless_it_says_otherwise(
    control: Control, preferring: Preferring
) -> None:
    assert (await control.create()).ide is Ide.VSCODE
    await preferring.change(control.alice, ChangePreferences(ide=Ide.TERMINAL))
    assert (await control.create()).ide is Ide.TERMINAL
    wanted = CreateWorkspace(url="https://h.org/a/demo", ide=Ide.VSCODE)
    assert (await control.service.create(control.alice, wanted)).ide is Ide.VSCODE
    assert (await preferring.get(control.alice)).ide is Ide.TERMINAL


async def test_one_persons_preferences_are_not_anothers(
    control: Control, preferring: Preferring
) -> None:
    await preferring.change(control.alice, ChangePreferences(ide=Ide.TERMINAL, time_zone="UTC"))
    other = await preferring.get(control.bob)
    assert (other.ide, other.time_zone) == (Ide.VSCODE, "")


async def test_a_browsers_time_zone_is_kept_and_nonsense_is_left_aside(
    control: Control, preferring: Preferring
) -> None:
    for said in ("Europe/Berlin", "", "../etc/passwd", ":/etc/shadow", "UTC-3,M3"):
        await preferring.told_zone(control.alice, said)
    assert (await preferring.get(control.alice)).time_zone == "Europe/Berlin"


async def test_a_time_zone_that_is_none_is_refused_and_an_empty_one_is_the_images(
    control: Control, preferring: Preferring
) -> None:
    with pytest.raises(Malformed) as refused:
        await preferring.change(control.alice, ChangePreferences(time_zone="a b"))
    assert refused.value.code == "time_zone_invalid"
    await preferring.change(control.alice, ChangePreferences(time_zone="UTC", ide=UNSET))
    assert (await preferring.change(control.alice, ChangePreferences(time_zone=""))).time_zone == ""
