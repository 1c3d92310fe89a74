"""Keys of repositories: one per workspace, the same for ever, readable after a renewal."""

from app.accounts.keys import derive
from app.accounts.sealing import Seal
from app.content.repositories import Repositories
from app.db.content import ContentKeyRow
from app.runtime.points import Repository
from tests.app.content.conftest import Safe


async def test_each_workspace_has_a_key_of_its_own(safe: Safe) -> None:
    repositories = safe.content.repositories
    other = (await safe.control.create()).id
    assert await repositories.open(other) is None
    async with safe.control.database.write() as session:
        for workspace in (safe.workspace, other, other):
            await repositories.begin(session, workspace)
            await session.flush()
    first, second = await repositories.open(safe.workspace), await repositories.open(other)
    assert first is not None
    assert second is not None
    assert len(first.key) == 32
    assert first.key != second.key
    assert repr(first.key) not in repr(first)


async def test_a_renewed_master_key_reads_what_the_old_one_began(safe: Safe) -> None:
    database = safe.control.database
    async with database.write() as session:
        await safe.content.repositories.begin(session, safe.workspace)
    before = await safe.content.repositories.open(safe.workspace)
    old, new = safe.keys, b"n" * 32
    renewed = Repositories(database, new, Seal(b"s" * 32, *_sealing(old.master)))
    assert await renewed.renew_seals() == 1
    assert await renewed.renew_seals() == 0
    alone = Repositories(database, new, Seal(b"s" * 32))
    assert await alone.open(safe.workspace) == before
    assert isinstance(before, Repository)


async def test_a_lost_master_key_opens_nothing(safe: Safe) -> None:
    async with safe.control.database.write() as session:
        await safe.content.repositories.begin(session, safe.workspace)
    lost = Repositories(safe.control.database, b"x" * 32, Seal(b"y" * 32))
    assert await lost.open(safe.workspace) is None
    assert await lost.renew_seals() == 0
    async with safe.control.database.read() as session:
        assert await session.get(ContentKeyRow, safe.workspace) is not None


def _sealing(master: bytes) -> list[bytes]:
    return [derive(master, "sealing")]


async def test_turns_are_kept_as_long_as_somebody_has_them(safe: Safe) -> None:
    repositories = safe.content.repositories
    async with repositories.turn("w"):
        assert repositories.turn("w").locked()
        assert not repositories.turn("x").locked()
    assert not dict(repositories._turns)
