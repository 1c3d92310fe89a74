"""The table of share links: nothing in it opens a port."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.sessions import Database
from app.db.shares import PortShareRow
from app.db.workspaces import WorkspaceRow
from tests.app.migrated import make_database


def test_neither_token_nor_password_has_a_column() -> None:
    names = {column.name for column in PortShareRow.__table__.columns}
    assert not {"token", "url", "password", "secret"} & names


async def test_no_link_without_its_workspace(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    database = Database(make_database(path))
    row = PortShareRow(
        id="ps_0123456789abcdef",
        workspace_id="amber-otter-4k2hw9xz1q",
        organisation_id="o",
        port=3000,
        note="",
        created_by="u",
        created_at=1.0,
        expires_at=2.0,
        password_hash="",
        once=False,
        key="",
        digest="",
    )
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)
    await database.close()


def test_a_workspace_has_no_links_at_first() -> None:
    default = WorkspaceRow.__table__.columns["shares"].default
    assert default is not None
    assert default.is_callable
