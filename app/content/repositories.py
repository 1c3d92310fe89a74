"""The key of each workspace's repository of restore points.

It is derived from the master key and the workspace's id when the first point is made, and
rests sealed from then on: a master key that is renewed leaves old repositories readable.
"""

import asyncio
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.keys import derive
from app.accounts.sealing import Seal, Unsealable
from app.db.content import ContentKeyRow
from app.db.sessions import Database
from app.runtime.points import Repository
from wire.problems import Problem

_log = structlog.get_logger(__name__)
NO_KEY = Problem(
    code="content_key_lost",
    title="The key of its restore points cannot be opened",
    detail="The master key is another one than when they were made.",
    cure="Put the old master key behind the new one, and restart the server.",
)


class Repositories:
    """Opens repositories; nobody else has their keys."""

    def __init__(self, database: Database, master: bytes, seal: Seal) -> None:
        self._database = database
        self._master = master
        self._seal = seal
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Each as long as somebody has it, or waits for it."""

    def turn(self, workspace: str) -> asyncio.Lock:
        """Return what orders what nodes do to one repository.

        Whoever has something taken out of it holds it until the node has answered, and whoever has
        what a node left saved into it, or moves the workspace, while that begins.
        """
        turn = self._turns.get(workspace)
        if turn is None:
            turn = self._turns[workspace] = asyncio.Lock()
        return turn

    async def begin(self, session: AsyncSession, workspace: str) -> None:
        """Make sure that there is a key."""
        if await session.get(ContentKeyRow, workspace) is None:
            key = derive(self._master, f"content/{workspace}")
            sealed = self._seal.close(key, _about(workspace))
            session.add(ContentKeyRow(workspace_id=workspace, sealed=sealed))

    async def open(self, workspace: str) -> Repository | None:
        """Return the repository; None when there is none, or its key cannot be opened."""
        async with self._database.read() as session:
            row = await session.get(ContentKeyRow, workspace)
        if row is None:
            return None
        try:
            return Repository(workspace, self._seal.open(row.sealed, _about(workspace)))
        except Unsealable:
            _log.warning("cannot_be_opened", content=workspace)
            return None

    async def renew_seals(self) -> int:
        """Seal with the newest key what an older one sealed; returns how many there were."""
        renewed = 0
        async with self._database.write() as session:
            for row in (await session.scalars(select(ContentKeyRow))).all():
                try:
                    fresh = self._seal.renew(row.sealed, _about(row.workspace_id))
                except Unsealable:
                    _log.warning("cannot_be_opened", content=row.workspace_id)
                    continue
                if fresh is not None:
                    row.sealed, renewed = fresh, renewed + 1
        return renewed


def _about(workspace: str) -> str:
    return f"content/{workspace}"
