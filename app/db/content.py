"""Tables of restore points: what was made of whose content, restores, and the keys of both."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import BYTES, Base


class RestorePointRow(Base):
    """One restore point of a workspace, wished for or made."""

    __tablename__ = "restore_points"
    __table_args__ = (Index("ix_restore_points_state", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    reason: Mapped[str]
    """A word of `app.content.deciding.Reason`: why it was made."""
    state: Mapped[str]
    """A word of `app.content.deciding.State`."""
    asked_at: Mapped[float]
    """When its newest attempt began: all that was written before is in it once it is made."""
    stop: Mapped[int] = mapped_column(default=-1)
    """Number of the start that had stopped when that attempt began; -1: one lived."""
    made_at: Mapped[float | None] = mapped_column(default=None)
    current_at: Mapped[float | None] = mapped_column(default=None)
    """Last moment at which nothing had changed since."""
    files: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BYTES, default=0)
    """Bytes of its files, and below the bytes by which the repository has grown for it."""
    added: Mapped[int] = mapped_column(BYTES, default=0)
    files_new: Mapped[int] = mapped_column(default=0)
    files_changed: Mapped[int] = mapped_column(default=0)
    pinned: Mapped[bool] = mapped_column(default=False)
    """Never forgotten while its workspace is there."""
    tries: Mapped[int] = mapped_column(default=0)
    """Attempts that have failed."""
    not_before: Mapped[float] = mapped_column(default=0.0)
    """Moment of the next attempt."""
    node: Mapped[str] = mapped_column(default="")
    """Of what a node has kept that the workspace has moved away from: which node; else empty."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)


class RestoreRow(Base):
    """One restore: a workspace that shall become what a point holds."""

    __tablename__ = "restores"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    """Whose point it is; itself for a restore in place."""
    point_id: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    """open, done or failed."""
    asked_at: Mapped[float]
    asked_by: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    """Attempts that have failed, this one and those before it."""
    not_before: Mapped[float] = mapped_column(default=0.0)
    """Moment of the next attempt, once this one has failed."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)


class ContentKeyRow(Base):
    """The key of a workspace's repository of restore points, sealed; gone with the repository."""

    __tablename__ = "content_keys"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    sealed: Mapped[bytes]
