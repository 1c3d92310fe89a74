"""Table of snapshots: whose files were kept as they were, who may begin with them, for how long."""

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import BYTES, Base
from app.db.workspaces import LOCAL


class SnapshotRow(Base):
    """One snapshot of a workspace's files; it outlives the workspace."""

    __tablename__ = "snapshots"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Nobody can guess it: whoever has it has the link."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str]
    access: Mapped[str]
    """A word of `app.accounts.access.Shared`: who else may open it."""
    state: Mapped[str] = mapped_column(index=True)
    """A word of `app.snapshots.structs.State`."""
    created_at: Mapped[float]
    expires_at: Mapped[float | None] = mapped_column(index=True)
    """None: it stays until it is deleted."""
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Columns of the workspace's row that tell which code it is, as they were then."""
    files: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BYTES, default=0)
    """Bytes of its files."""
    opened: Mapped[int] = mapped_column(default=0)
    """Workspaces that were made from it."""
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[float] = mapped_column(default=0.0)
    """Moment of the next attempt."""
    node: Mapped[str] = mapped_column(default=LOCAL)
    """Which has its files; until it is made, the one that has its workspace's."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
