"""Tables of git access: what a person shows to git hosts, and which hosts they know."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class GitTokenRow(Base):
    """A person's token for one git host; `sealed` opens only for this person and host."""

    __tablename__ = "git_tokens"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    """Lower case, with a port unless it is the scheme's own."""
    username: Mapped[str]
    sealed: Mapped[bytes]
    created_at: Mapped[float]
    used_at: Mapped[float | None]
    """To the minute."""


class SshKeyRow(Base):
    """A person's ssh key; the private half is sealed for this person."""

    __tablename__ = "ssh_keys"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    public: Mapped[str]
    """`ssh-ed25519 AAAA…`, without a comment."""
    sealed: Mapped[bytes]
    created_at: Mapped[float]
    used_at: Mapped[float | None]
    """To the minute."""


class HostKeyRow(Base):
    """A key under which a person has accepted an ssh host."""

    __tablename__ = "host_keys"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    """Lower case, with a port unless it is 22."""
    algorithm: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    """Base64 of the key."""
    accepted_at: Mapped[float]
