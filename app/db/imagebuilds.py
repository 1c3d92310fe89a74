"""The table of image builds."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class ImageBuildRow(Base):
    """One build. Its id has the grammar of workspaces' ids: `<id>.1` is its instance."""

    __tablename__ = "image_builds"
    __table_args__ = (
        # The database itself refuses a second live build of the same image.
        Index(
            "uq_image_builds_live",
            "key",
            unique=True,
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    """Content hash of what it is made of; the image is `built/<key>`."""
    state: Mapped[str]
    live: Mapped[bool]
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    """Whose start asked first; with this person's access the repository is cloned."""
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    url: Mapped[str]
    revision: Mapped[str]
    folder: Mapped[str]
    partial: Mapped[bool]
    recipe: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{dockerfile, context, target, arguments, bases, pulls, objects}."""
    base: Mapped[str]
    """Name of the installation's image that it begins with, and its digest; or empty."""
    base_digest: Mapped[str]
    base_layer: Mapped[str] = mapped_column(default="")
    """Digest of the layer that stands for it, as the builder has made it."""
    digest: Mapped[str] = mapped_column(default="")
    """Of the manifest that was pushed."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), default=None)
    created_at: Mapped[float] = mapped_column(index=True)
    started_at: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    deadline: Mapped[float | None] = mapped_column(default=None)
    content_ready: Mapped[bool] = mapped_column(default=False)
    container_seen: Mapped[bool] = mapped_column(default=False)
    discarded: Mapped[bool] = mapped_column(default=False)
    """Nothing of it is on a node any more."""
    log_length: Mapped[int] = mapped_column(default=0)
    """Bytes of its log file."""
    token_hash: Mapped[str] = mapped_column(index=True)
    """Hex SHA-256 of its instance's token."""


class ImageBuildWaitRow(Base):
    """Which build a start waits for, or got its image from."""

    __tablename__ = "image_build_waits"

    instance_id: Mapped[str] = mapped_column(ForeignKey("instances.id"), primary_key=True)
    build_id: Mapped[str] = mapped_column(ForeignKey("image_builds.id"), index=True)
