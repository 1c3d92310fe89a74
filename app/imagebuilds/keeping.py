"""What is left of builds that have ended goes after a time; what images need stays.

The row of a built image is how the next start finds it, so it stays for as long as the store
has the image. A log goes before its row: whatever happens between leaves no file behind.
"""

import asyncio

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.imagebuilds import ImageBuildRow, ImageBuildWaitRow
from app.imagebuilds.builds import Builds
from app.imagebuilds.logs import Logs
from app.imagebuilds.states import BuildState
from app.imagebuilds.working import Shelf

PERIOD = 3600.0
"""Seconds between two looks; what is kept is kept for days."""
_AT_ONCE = 200
"""Builds in one transaction."""
_log = structlog.get_logger(__name__)


class Keeping:
    """Removes logs and rows of builds."""

    def __init__(self, builds: Builds, logs: Logs, shelf: Shelf, longest: float) -> None:
        """`longest` is in seconds since the end of a build."""
        self._builds = builds
        self._logs = logs
        self._shelf = shelf
        self._longest = longest

    async def run(self) -> None:
        """Remove what has had its time, for ever."""
        while True:
            try:
                await self.clear()
            except (OSError, SQLAlchemyError) as error:
                _log.warning("builds_not_cleared", error=type(error).__name__)
            await asyncio.sleep(PERIOD)

    async def clear(self) -> None:
        """Remove what has had its time."""
        wanted = select(ImageBuildRow).where(
            ImageBuildRow.live.is_(False),
            ImageBuildRow.discarded,
            ImageBuildRow.ended_at < self._builds.clock.now() - self._longest,
        )
        async with self._builds.database.read() as session:
            rows = (await session.scalars(wanted)).all()
        useless = [row.id for row in rows if not await self._is_needed(row)]
        for row in rows:
            await asyncio.to_thread(self._logs.remove, row.id)
            if row.log_length and row.id not in useless:
                await self._builds.note(row.id, log_length=0)
        for start in range(0, len(useless), _AT_ONCE):
            async with self._builds.database.write() as session:
                await _remove(session, useless[start : start + _AT_ONCE])
        if useless:
            _log.info("builds_cleared", count=len(useless))

    async def _is_needed(self, row: ImageBuildRow) -> bool:
        if row.state != BuildState.DONE.value:
            return False
        newest = await self._builds.newest(row.key)
        if newest is None or newest.id != row.id:
            return False
        return await self._shelf.digest_of(row.key) == row.digest


async def _remove(session: AsyncSession, builds: list[str]) -> None:
    waits = ImageBuildWaitRow.build_id.in_(builds)
    await session.execute(delete(ImageBuildWaitRow).where(waits))
    await session.execute(delete(ImageBuildRow).where(ImageBuildRow.id.in_(builds)))
