"""People for tests: rows of users and their organisations, and who they are as principals."""

from typing import Any

from sqlalchemy import JSON, Boolean, Column, Float, Integer
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Kind, Listener, Principal
from app.db.migrate import METADATA


async def add_person(session: AsyncSession, name: str) -> Principal:
    """Add a user with an organisation of the same name, whatever else their rows need."""
    for table in ("organisations", "users"):
        columns = METADATA.tables[table].columns
        needed = [one for one in columns if not one.nullable and one.default is None]
        row = {one.name: filler(one, name) for one in needed} | {"id": name}
        await session.execute(METADATA.tables[table].insert().values(row))
    return person(name)


def person(name: str) -> Principal:
    return Principal(Kind.USER, Listener.PUBLIC, user=name, organisations=frozenset({name}))


def filler(column: Column[Any], name: str) -> Any:
    match column.type:
        case Boolean() | Integer() | Float():
            return 0
        case JSON():
            return {}
        case _:
            return name
