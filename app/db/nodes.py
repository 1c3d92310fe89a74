"""Table of nodes: where workspaces can be, and which of them is being emptied."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.sessions import Database
from app.db.snapshots import SnapshotRow
from app.db.workspaces import LOCAL, WorkspaceRow

LOST = 0.0
"""What a node was granted of which somebody has said that its machine is off for good."""


class NodeRow(Base):
    """A node that was in the settings once; without a row there is only the local one."""

    __tablename__ = "nodes"

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    """Socket of its daemon; empty for the local one, whose place the layout knows."""
    draining: Mapped[bool] = mapped_column(default=False)
    """No start begins there, and what is there moves away."""
    seen_at: Mapped[float | None] = mapped_column(default=None)
    """When it answered last, for people: no decision rests on this clock."""
    granted: Mapped[float | None] = mapped_column(default=None)
    """Seconds for which it may have been granted time at most; None while nobody knows that
    it runs nothing without: then it is never taken for gone. LOST: it is, until it answers."""


def whereabouts(database: Database) -> Callable[[str], Awaitable[str]]:
    """Return what tells where a workspace is; what is none, as a build, is local."""

    async def where(workspace: str) -> str:
        async with database.read() as session:
            found = await session.scalar(
                select(WorkspaceRow.node).where(WorkspaceRow.id == workspace)
            )
        return found or LOCAL

    return where


def keepers(database: Database) -> Callable[[str], Awaitable[str]]:
    """Return what tells which node has a snapshot; one that nobody knows would be local."""

    async def keeper(snapshot: str) -> str:
        async with database.read() as session:
            found = await session.scalar(select(SnapshotRow.node).where(SnapshotRow.id == snapshot))
        return found or LOCAL

    return keeper
