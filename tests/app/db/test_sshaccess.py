"""Tables of ssh access: all belongs to somebody, and no password can be read out of them."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.base import Base
from app.db.sessions import Database
from app.db.sshaccess import AuthorizedKeyRow, SshTokenRow
from tests.app.migrated import make_database


def key(name: str, user: str) -> AuthorizedKeyRow:
    return AuthorizedKeyRow(
        id=name, user_id=user, title="t", public="p", fingerprint="f", created_at=1.0, used_at=None
    )


TOKEN = SshTokenRow(
    id="p_1",
    token_hash="h",
    user_id="u_x",
    workspace_id="w",
    session_id="",
    created_at=1.0,
    expires_at=2.0,
)


@pytest.mark.parametrize("row", [key("k_1", "u_x"), TOKEN], ids=lambda row: type(row).__name__)
async def test_nothing_belongs_to_nobody(tmp_path: Path, row: Base) -> None:
    path = tmp_path / "podium.db"
    database = Database(make_database(path))
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)
    await database.close()


def test_a_password_is_kept_as_a_hash() -> None:
    names = {column.name for column in SshTokenRow.__table__.columns}
    assert "token_hash" in names
    assert not {"token", "password", "secret"} & names
