"""The table's own rules; everything else is tested where it is used, in tests/app/imagebuilds."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.imagebuilds import ImageBuildRow
from tests.app.imagebuilds.conftest import yard as yard  # noqa: PLC0414 -- a fixture of its tests
from tests.app.imagebuilds.yard import Yard


async def test_the_database_refuses_a_second_live_build_of_a_key(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    async with yard.database.read() as session:
        row = await session.get(ImageBuildRow, made.id)
        assert row is not None
        columns = {one.name: getattr(row, one.name) for one in ImageBuildRow.__table__.columns}
    with pytest.raises(IntegrityError):
        async with yard.database.write() as session:
            session.add(ImageBuildRow(**columns | {"id": "another"}))
