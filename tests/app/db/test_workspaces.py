"""What the database itself refuses about workspaces."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db.workspaces import InstanceRow, WorkspaceRow
from tests.app.workspaces.control import Control, open_control


@pytest_asyncio.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    async with open_control(tmp_path) as opened:
        yield opened


async def test_a_workspace_has_one_live_instance(control: Control) -> None:
    made = await control.create()

    async def add_second(*, live: bool) -> None:
        async with control.database.write() as session:
            first = await session.get(InstanceRow, f"{made.id}.1")
            assert first is not None
            columns = {one.name: getattr(first, one.name) for one in InstanceRow.__table__.columns}
            session.add(InstanceRow(**{**columns, "id": f"{made.id}.2", "n": 2, "live": live}))

    with pytest.raises(IntegrityError):
        await add_second(live=True)
    await add_second(live=False)


async def test_every_workspace_has_an_owner_and_an_organisation(control: Control) -> None:
    await control.create()
    for column in ("owner_id", "organisation_id"):
        with pytest.raises(IntegrityError):
            await set_all(control, **{column: "nobody"})


async def test_wishes_are_words_of_a_closed_list(control: Control) -> None:
    await control.create()
    with pytest.raises(IntegrityError):
        await set_all(control, wish="hoping")


async def set_all(control: Control, **values: str) -> None:
    async with control.database.write() as session:
        await session.execute(update(WorkspaceRow).values(**values))


async def test_no_secret_is_stored(control: Control) -> None:
    made = await control.create()
    token = control.store.secrets.token(f"{made.id}.1")
    key = control.store.secrets.proof_key(f"{made.id}.1")
    async with control.database.read() as session:
        row = (await session.execute(select(InstanceRow))).scalars().one()
    stored = [getattr(row, one.name) for one in InstanceRow.__table__.columns]
    assert token not in str(stored)
    assert key not in str(stored)
