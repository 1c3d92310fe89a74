"""What a person wants of all new workspaces."""

import pytest
from msgspec import UNSET

from app.faults import Malformed
from app.workspaces.preferring import ChangePreferences, Preferring
from app.workspaces.structs import CreateWorkspace
from tests.app.workspaces.control import Control


@pytest.fixture
def preferring(control: Control) -> Preferring:
    return Preferring(control.store)


async def test_a_new_workspace_opens_as_preferred_unless_it_says_otherwise(
    control: Control, preferring: Preferring
) -> None:
    assert (await control.create()).ide == "vscode"
    await preferring.change(control.alice, ChangePreferences(ide="terminal"))
    assert (await control.create()).ide == "terminal"
    wanted = CreateWorkspace(url="https://h.org/a/demo", ide="vscode")
    assert (await control.service.create(control.alice, wanted)).ide == "vscode"
    assert (await preferring.get(control.alice)).ide == "terminal"


async def test_an_alias_is_kept_by_its_own_name_and_what_there_is_not_is_refused(
    control: Control, preferring: Preferring
) -> None:
    assert (await preferring.change(control.alice, ChangePreferences(ide="code"))).ide == "vscode"
    with pytest.raises(Malformed) as refused:
        await preferring.change(control.alice, ChangePreferences(ide="emacs"))
    assert refused.value.code == "ide_unknown"
    assert "jupyterlab" in refused.value.cure


async def test_one_persons_preferences_are_not_anothers(
    control: Control, preferring: Preferring
) -> None:
    await preferring.change(control.alice, ChangePreferences(ide="terminal", time_zone="UTC"))
    other = await preferring.get(control.bob)
    assert (other.ide, other.time_zone) == ("vscode", "")


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
