"""Table of share links: who gave one port to whoever has the link, for how long."""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class PortShareRow(Base):
    """One share link. Its token is signed, never stored; nor is its password."""

    __tablename__ = "port_shares"
    __table_args__ = (
        Index(
            "uq_port_shares_key",
            "created_by",
            "key",
            unique=True,
            sqlite_where=text("key <> ''"),
            postgresql_where=text("key <> ''"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    port: Mapped[int]
    note: Mapped[str]
    """For whom or what it is, in its maker's words."""
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    password_hash: Mapped[str]
    """Argon2id in PHC's spelling; empty is a link without a password."""
    once: Mapped[bool]
    """Whether only the first browser that opens it is let in."""
    key: Mapped[str]
    """Idempotency-Key that it was made with, or empty."""
    digest: Mapped[str]
    """Hex SHA-256 of that request without its password."""
    opened: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[float | None] = mapped_column(default=None)
    """Last time; nothing else is kept of who opened it."""
    wrong: Mapped[int] = mapped_column(default=0)
    """Passwords tried since `wrong_since`, right ones left out."""
    wrong_since: Mapped[float | None] = mapped_column(default=None)
    ended_at: Mapped[float | None] = mapped_column(default=None)
    """When it was revoked, or seen to have expired."""
    version: Mapped[int] = mapped_column(default=1)
