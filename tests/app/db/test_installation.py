"""The one row about the database itself."""

from pathlib import Path

from app.db.installation import InstallationRow, restored_at
from app.db.sessions import Database
from tests.app.migrated import make_database


async def test_a_database_says_whether_it_came_out_of_a_backup(tmp_path: Path) -> None:
    database = Database(make_database(tmp_path / "podium.db"))
    async with database.write() as session:
        assert await restored_at(session) is None
        session.add(InstallationRow(id=1, restored_at=7.0))
    async with database.read() as session:
        assert await restored_at(session) == 7.0
    await database.close()
