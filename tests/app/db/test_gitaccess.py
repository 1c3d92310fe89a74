"""Tables of git access: nothing secret has a column but sealed, and all belongs to somebody."""

from pathlib import Path

import pytest
from sqlalchemy import LargeBinary
from sqlalchemy.exc import IntegrityError

from app.db import gitaccess
from app.db.base import Base
from app.db.gitaccess import GitTokenRow, HostKeyRow, SshKeyRow
from app.db.sessions import Database
from tests.app.migrated import make_database

OURS = [
    mapper.class_
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ == gitaccess.__name__
]


def test_what_has_to_be_given_out_again_is_sealed() -> None:
    names = {column.name for one in OURS for column in one.__table__.columns}
    assert not {"token", "password", "secret", "private"} & names
    sealed = [one for one in OURS if "sealed" in one.__table__.columns]
    assert {one.__name__ for one in sealed} == {"GitTokenRow", "SshKeyRow"}
    assert all(isinstance(one.__table__.columns["sealed"].type, LargeBinary) for one in sealed)


@pytest.mark.parametrize(
    "row",
    [
        GitTokenRow(user_id="u_x", host="h", username="", sealed=b"", created_at=1.0),
        SshKeyRow(user_id="u_x", public="", sealed=b"", created_at=1.0),
        HostKeyRow(user_id="u_x", host="h", algorithm="a", key="", accepted_at=1.0),
    ],
    ids=lambda row: type(row).__name__,
)
async def test_nothing_belongs_to_nobody(tmp_path: Path, row: Base) -> None:
    path = tmp_path / "podium.db"
    database = Database(make_database(path))
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)
    await database.close()
