"""What is kept of editors: sealed, and gone when its person says so."""

from sqlalchemy import select

from app.accounts.sealing import Seal
from app.db.profile import ProfileRow
from app.workspaces.profile import Profile
from tests.app.workspaces.control import Control
from wire.profile import ProfileChanged

SEAL, NEWER = Seal(b"a" * 32), Seal(b"b" * 32, b"a" * 32)
SETTINGS = ProfileChanged(name="settings.json", text='{"token": "s3cr3t"}')


async def test_it_rests_sealed_and_is_sealed_anew(control: Control) -> None:
    profile = Profile(control.store, SEAL)
    await profile.keep(control.alice.user, "none", SETTINGS)
    async with control.database.read() as session:
        (row,) = (await session.execute(select(ProfileRow))).scalars().all()
    assert b"s3cr3t" not in row.sealed
    renewed = Profile(control.store, NEWER)
    assert (await renewed.renew_seals(), await renewed.renew_seals()) == (1, 0)
    (given,) = (await renewed.given(control.alice.user)).files
    assert given.text == SETTINGS.text
    assert (await profile.given(control.alice.user)).files == [], "it cannot be opened any more"
    assert await profile.renew_seals() == 0


async def test_one_persons_is_not_anothers_and_it_is_forgotten_on_demand(control: Control) -> None:
    profile = Profile(control.store, SEAL)
    await profile.keep(control.alice.user, "none", SETTINGS)
    assert await profile.names(control.alice) == ["settings.json"]
    assert await profile.names(control.bob) == []
    await profile.forget(control.bob)
    assert await profile.names(control.alice) == ["settings.json"]
    await profile.forget(control.alice)
    assert await profile.names(control.alice) == []


async def test_the_owners_other_workspaces_are_told(control: Control) -> None:
    profile = Profile(control.store, SEAL)
    one, other = await control.create(), await control.create()
    async with control.store.change() as change:
        for made in (one, other):
            row = await change.workspace(made.id)
            assert row is not None
            row.trusted = True
    before = {made.id: (await control.see(made.id)).version for made in (one, other)}
    await profile.keep(control.alice.user, one.id, SETTINGS)
    after = {made.id: (await control.see(made.id)).version for made in (one, other)}
    assert after[one.id] == before[one.id]
    assert after[other.id] == before[other.id] + 1
