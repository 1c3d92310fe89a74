"""Tables of ssh access: what people show to come into their workspaces."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class AuthorizedKeyRow(Base):
    """A public key that its person may come in with."""

    __tablename__ = "authorized_keys"
    __table_args__ = (UniqueConstraint("user_id", "fingerprint"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str]
    public: Mapped[str]
    """`ssh-ed25519 AAAA…`, without a comment."""
    fingerprint: Mapped[str] = mapped_column(index=True)
    """`SHA256:…`, as ssh shows it."""
    created_at: Mapped[float]
    used_at: Mapped[float | None]
    """To the minute."""


class SshTokenRow(Base):
    """A password of one workspace for ten minutes; kept longer, for connections made with it."""

    __tablename__ = "ssh_tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    workspace_id: Mapped[str]
    session_id: Mapped[str]
    """Whose end ends what was begun with it; empty when a program made it."""
    created_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
