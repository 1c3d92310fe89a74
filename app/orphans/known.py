"""What the database says of names that a node has."""

from collections.abc import Iterable

from sqlalchemy import select

from app.db.content import ContentKeyRow
from app.db.installation import restored_at
from app.db.sessions import Database
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.orphans.judging import Known
from app.runtime.holdings import Held, Kind

_AT_ONCE = 500
"""Names in one question: SQLite takes so many parameters and no more."""
Names = dict[tuple[Kind, str], Known]


async def known(database: Database, held: Iterable[Held]) -> tuple[Names, float | None]:
    """Return what is known of each, all as of one moment; and when the database was restored."""
    names = sorted({one.name for one in held if one.kind is not Kind.FROZEN})
    frozen = sorted({one.name for one in held if one.kind is Kind.FROZEN})
    found: Names = {}
    async with database.read() as session:
        for some in _slices(names):
            keys = set(
                await session.scalars(
                    select(ContentKeyRow.workspace_id).where(ContentKeyRow.workspace_id.in_(some))
                )
            )
            rows = await session.execute(
                select(WorkspaceRow.id, WorkspaceRow.deleted_at, WorkspaceRow.content).where(
                    WorkspaceRow.id.in_(some)
                )
            )
            for name, deleted_at, content in rows.all():
                one = Known(deleted_at, content == "present", name in keys)
                found[Kind.TREE, name] = found[Kind.POINTS, name] = one
        for some in _slices(frozen):
            kept = await session.execute(
                select(SnapshotRow.id, SnapshotRow.node).where(SnapshotRow.id.in_(some))
            )
            found |= {(Kind.FROZEN, name): Known(node=node) for name, node in kept.all()}
        return found, await restored_at(session)


def _slices(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
