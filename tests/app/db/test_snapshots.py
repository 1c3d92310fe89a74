"""The table of snapshots: one of nobody's workspace is refused, and no secret has a column."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.snapshots import SnapshotRow
from tests.app.snapshots.conftest import Kept
from tests.app.snapshots.conftest import kept as kept  # noqa: PLC0414 -- a fixture of its tests


async def test_a_snapshot_belongs_to_a_workspace(kept: Kept) -> None:
    made = await kept.made()
    async with kept.control.database.write() as session:
        row = await session.get_one(SnapshotRow, made.id)
        assert not {"variables", "trusted", "token", "image"} & row.context.keys()
        values = {one.name: getattr(row, one.name) for one in SnapshotRow.__table__.columns}
        session.add(SnapshotRow(**{**values, "id": "other", "workspace_id": "none"}))
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()
