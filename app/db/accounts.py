"""Tables of people: who they are, what proves it, whom and what they trust."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class UserRow(Base):
    """A person."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    """Address for commits; may be empty."""
    timeout: Mapped[str] = mapped_column(default="")
    """Of the person's workspaces without one of their own; empty is the installation's."""
    dotfiles: Mapped[str] = mapped_column(default="")
    """Clone URL of the repository that the person's workspaces get their dotfiles from."""
    ide: Mapped[str] = mapped_column(default="")
    """What new workspaces open with: an id of the catalogue; empty is its default."""
    profile: Mapped[int] = mapped_column(default=0)
    """Counts the changes of what of the person's editor goes along."""
    profile_kept: Mapped[bool] = mapped_column(default=True)
    """Whether anything of it does."""
    time_zone: Mapped[str] = mapped_column(default="")
    """As the person's browser told it last; empty while none has."""
    created_at: Mapped[float]
    version: Mapped[int]


class OrganisationRow(Base):
    """Who owns things together; every person has a personal one."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    personal: Mapped[bool]
    created_at: Mapped[float]
    version: Mapped[int]


class MembershipRow(Base):
    """A person in an organisation."""

    __tablename__ = "memberships"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    role: Mapped[str]
    """owner or member."""


class SessionRow(Base):
    """A browser that is signed in. The cookie's value is stored as a hash only."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[float]
    expires_at: Mapped[float]
    ended_at: Mapped[float | None]


class LoginLinkRow(Base):
    """A sign-in link: good once, for ten minutes."""

    __tablename__ = "login_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[float]
    used_at: Mapped[float | None]


class ApiTokenRow(Base):
    """A token for programs; `scopes` are actions separated by spaces, empty is all."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[str]
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]


class GrantCodeRow(Base):
    """A code of the handover: good once, for 30 seconds, for one host and nonce."""

    __tablename__ = "grant_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    workspace_id: Mapped[str]
    scope: Mapped[str]
    epoch: Mapped[int]
    host: Mapped[str]
    path: Mapped[str]
    nonce_hash: Mapped[str]
    expires_at: Mapped[float] = mapped_column(index=True)
    used_at: Mapped[float | None]


class TrustRow(Base):
    """A person trusts a repository (its normalised clone URL)."""

    __tablename__ = "trusts"
    __table_args__ = (UniqueConstraint("user_id", "repository"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    repository: Mapped[str]
    created_at: Mapped[float]
