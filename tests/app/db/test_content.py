"""The tables' own rules; everything else is tested where it is used, in tests/app/content."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.content import ContentKeyRow, RestorePointRow
from tests.app.content.conftest import Safe
from tests.app.content.conftest import safe as safe  # noqa: PLC0414 -- a fixture of its tests


async def test_a_workspace_has_one_key(safe: Safe) -> None:
    async with safe.control.database.write() as session:
        session.add(ContentKeyRow(workspace_id=safe.workspace, sealed=b"x"))
        await session.flush()
        session.expunge_all()
        session.add(ContentKeyRow(workspace_id=safe.workspace, sealed=b"y"))
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()
        await session.rollback()


async def test_a_point_may_be_larger_than_two_gigabytes(safe: Safe) -> None:
    made = await safe.control.create()
    async with safe.control.database.write() as session:
        session.add(
            RestorePointRow(
                id="large", workspace_id=made.id, reason="stop", state="done",
                asked_at=0.0, size=2**40, added=2**39,
            )
        )  # fmt: skip
    async with safe.control.database.read() as session:
        row = await session.get_one(RestorePointRow, "large")
    assert (row.size, row.added) == (2**40, 2**39)


async def test_a_point_belongs_to_a_workspace(safe: Safe) -> None:
    async with safe.control.database.write() as session:
        session.add(
            RestorePointRow(
                id="p", workspace_id="none", reason="stop", state="wanted", asked_at=0.0
            )
        )
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()
