"""Tables of people: what the database itself refuses, and that nothing secret has a column."""

from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.db import accounts
from app.db.accounts import MembershipRow, SessionRow, TrustRow, UserRow
from app.db.base import Base
from app.db.sessions import Database
from tests.app.migrated import make_database

OURS = [
    mapper.class_
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ == accounts.__name__
]


def user(name: str) -> UserRow:
    return UserRow(id=f"u_{name}", name=name, email="", created_at=1.0, version=1)


def session_of(name: str, token: str) -> SessionRow:
    return SessionRow(
        id=f"s_{token}",
        token_hash=token,
        user_id=f"u_{name}",
        created_at=1.0,
        expires_at=2.0,
        ended_at=None,
    )


@pytest.mark.parametrize(
    "rows",
    [
        [user("ada"), UserRow(id="u_2", name="ada", email="", created_at=1.0, version=1)],
        [session_of("nobody", "t")],
        [MembershipRow(user_id="u_x", organisation_id="o_x", role="owner")],
        [
            user("ada"),
            TrustRow(user_id="u_ada", repository="r", created_at=1.0),
            TrustRow(user_id="u_ada", repository="r", created_at=2.0),
        ],
    ],
    ids=["two of a name", "session of nobody", "member of nothing", "trusted twice"],
)
async def test_the_database_refuses(tmp_path: Path, rows: list[Base]) -> None:
    path = tmp_path / "podium.db"
    database = Database(make_database(path))
    with pytest.raises(IntegrityError):
        await add(database, rows)
    await database.close()


async def add(database: Database, rows: list[Base]) -> None:
    async with database.write() as session:
        for row in rows:
            session.add(row)
            await session.flush()


def test_every_secret_has_a_column_for_its_hash_only() -> None:
    columns = {f"{row.__tablename__}.{one.name}" for row in OURS for one in row.__table__.columns}
    secret = {one for one in columns if one.rpartition(".")[2] in {"token", "code", "nonce", "key"}}
    assert secret == set()
    hashes = {one for one in columns if one.endswith("_hash")}
    assert hashes == {
        "sessions.token_hash",
        "login_links.token_hash",
        "api_tokens.token_hash",
        "grant_codes.code_hash",
        "grant_codes.nonce_hash",
    }


def test_every_hash_that_is_looked_up_is_unique() -> None:
    for row in OURS:
        for column in row.__table__.columns:
            if column.name in {"token_hash", "code_hash"}:
                unique = column.primary_key or any(
                    isinstance(one, UniqueConstraint) and list(one.columns) == [column]
                    for one in row.__table__.constraints
                )
                assert unique, f"{row.__tablename__}.{column.name}"
