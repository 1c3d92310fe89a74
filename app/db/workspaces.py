"""Tables of workspaces: what is wanted, each start, what happened, who may act."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base

LOCAL = "local"
"""The node that every installation has: the daemon of the server's own machine."""


class WorkspaceRow(Base):
    """The lasting thing. `version` is raised by every transaction that changes it or its starts."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("wish IN ('running', 'stopped', 'deleted')", name="wish"),
        CheckConstraint("content IN ('none', 'present')", name="content"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    """Normalised clone URL, without credentials."""
    ref: Mapped[str]
    kind: Mapped[str]
    """What was opened: repository, ref, place, commit, pull or issue."""
    number: Mapped[int]
    """Of the pull request or issue; else 0."""
    path: Mapped[str]
    """Folder (with a slash behind it, once the node has seen it) or file that was named."""
    variables: Mapped[dict[str, str]] = mapped_column(JSON)
    """Of the link it was made from."""
    port_settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Port → {visibility}, as people set it; without an entry `port_wishes` count."""
    port_wishes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Of .gitpod.yml: {first, last, public, name, description}."""
    shares: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Share links that count: id → {port, expires}. What proxies have to know of `port_shares`,
    and changed with it, so that a route needs no other row than this."""
    timeout: Mapped[str] = mapped_column(default="")
    """Of this workspace; empty is its owner's."""
    repository: Mapped[str]
    folder: Mapped[str]
    """Name of the repository's folder below /workspace."""
    location: Mapped[str] = mapped_column(default="")
    """Where its .gitpod.yml wants the code, below /workspace; empty is `folder`."""
    trusted: Mapped[bool]
    wish: Mapped[str]
    version: Mapped[int]
    n: Mapped[int]
    """Number of the newest instance; 0 before the first."""
    content: Mapped[str]
    """Whether a tree ever existed: `present` makes a missing one a fault."""
    revision: Mapped[str]
    """Commit that the clone's ref pointed at."""
    branch: Mapped[str]
    checked_out: Mapped[bool]
    """Whether the one checkout of its life is done."""
    image: Mapped[dict[str, str]] = mapped_column(JSON)
    """What its .gitpod.yml asked for when it was cloned: {name} or {file}; empty for nothing.

    With {source, digest}, where the image is, once somebody has found or built it."""
    auth_epoch: Mapped[int]
    created_at: Mapped[float]
    phase_since: Mapped[float]
    """Of the newest phase; the creation before the first start."""
    deleted_at: Mapped[float | None]
    """When it was gone for people; its files may wait on the node for their last point."""
    given_up: Mapped[bool] = mapped_column(default=False)
    """Whether its content may go though its last restore point is not made."""
    partial: Mapped[bool] = mapped_column(default=False)
    """Old versions of files stay on the git host: a partial clone."""
    pinned: Mapped[bool] = mapped_column(default=False)
    """Stands first in lists."""
    dotfiles: Mapped[bool] = mapped_column(default=True)
    """Whether its owner's dotfiles come into it."""
    ide: Mapped[str] = mapped_column(default="vscode")
    """What it is to open with: an id of the catalogue, or one with `-latest` behind it."""
    archived_at: Mapped[float | None] = mapped_column(default=None)
    """When it was archived: a restore point is all there is of it once its content is `none`;
    until then its node's copy is about to go. None while its files are kept on a node."""
    held: Mapped[int] = mapped_column(default=0)
    """Number under which a node got its tree back, where no start has that number yet."""
    cleanup_at: Mapped[float | None] = mapped_column(default=None)
    """When clean-up deletes it, once that was announced; None while it stays."""
    git: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What its supervisor told last of its repositories: {at, final, repositories}. No version is
    raised for it: proxies and supervisors have no use for it, and pages follow what is told."""
    backed_up_at: Mapped[float | None] = mapped_column(default=None)
    """All that was written before is in a restore point; None while there is none."""
    backed_up_stop: Mapped[int] = mapped_column(default=-1)
    """Number of the start after whose stop everything was put into a restore point: clocks may
    jump, numbers do not."""
    backup_problem: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), default=None
    )
    """Why the newest attempt at a restore point failed."""
    backup_excludes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Of .gitpod.yml: patterns of what restore points leave out of the repository's folder."""
    snapshot: Mapped[str] = mapped_column(default="")
    """Snapshot that its files begin as; empty for a clone."""
    downloads: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """Files beside the repository that it begins with: {url, path, digest}."""
    restoring: Mapped[str] = mapped_column(default="")
    """Id of the restore that has to be done before it may start."""
    restore_problem: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), default=None
    )
    """Why its files are nowhere yet but in a restore point; the restore is tried again."""
    node: Mapped[str] = mapped_column(default=LOCAL)
    """Where its files are, or begin: the only node that is ever asked to start it."""


class InstanceRow(Base):
    """One start of a workspace; its id `<workspace>.<n>` fences everything at run time."""

    __tablename__ = "instances"
    __table_args__ = (
        UniqueConstraint("workspace_id", "n"),
        # The database itself refuses a second live instance of a workspace.
        Index(
            "uq_instances_live",
            "workspace_id",
            unique=True,
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    n: Mapped[int]
    live: Mapped[bool]
    """Not stopped: it holds, or may still get, something on a node."""
    phase: Mapped[str]
    phase_since: Mapped[float]
    deadline: Mapped[float | None]
    created_at: Mapped[float]
    ended_at: Mapped[float | None]
    forced: Mapped[bool]
    """The next delete gives no grace."""
    steps: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Step → {state, began, took, detail}."""
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Condition → detail."""
    ports: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What listens now: {port, process, address, loopback}."""
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Of .gitpod.yml: {id, name, state, exit_code, open}."""
    timeout: Mapped[str] = mapped_column(default="")
    """That counts for this start; empty before its supervisor has connected."""
    active_at: Mapped[float | None] = mapped_column(default=None)
    """Last activity; None while nobody looks for any."""
    activity: Mapped[str] = mapped_column(default="")
    """What it was: a word of `wire.agent.Activity`."""
    beats: Mapped[int] = mapped_column(default=0)
    """Of the supervisor's, counted so far."""
    timeout_wish: Mapped[int] = mapped_column(default=0)
    """Number of the supervisor's last wish that was done."""
    until: Mapped[float | None] = mapped_column(default=None)
    """End of its lifetime."""
    stop_reason: Mapped[str] = mapped_column(default="")
    stop_detail: Mapped[str] = mapped_column(default="")
    """Why it was stopped: a word of `wire.phases.StopReason`, and for people."""
    image: Mapped[dict[str, str]] = mapped_column(JSON)
    """{name, digest} of its image, chosen when its content is ready; empty before.

    With {source} one that is fetched; without digest the default one, or one that is awaited."""
    editor: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What it opens with, an `app.ides.offering.Opened`; empty before that is resolved."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    token_hash: Mapped[str] = mapped_column(index=True)
    """Hex SHA-256 of the instance token; the token itself is derived, never stored."""
    node: Mapped[str] = mapped_column(default=LOCAL)
    """Where it ran, or was to run."""
    linked: Mapped[str] = mapped_column(default="", server_default="")
    """Which of several servers its supervisor is connected to; empty when none is known."""
    address: Mapped[str] = mapped_column(default="", server_default="")
    """Address and port of its supervisor's door; empty where its node's daemon makes the way."""


class EventRow(Base):
    """One line of a workspace's history."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    at: Mapped[float]
    kind: Mapped[str]
    text: Mapped[str]
    actor: Mapped[str]


class IdempotencyRow(Base):
    """What a client's Idempotency-Key made, so that repeating the request makes nothing new."""

    __tablename__ = "idempotency"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    """Hex SHA-256 of the request: the same key with another request is a mistake."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    created_at: Mapped[float] = mapped_column(index=True)


class LeaseRow(Base):
    """Who may act in a role until when; `number` grows with each holder and fences writes."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    expires: Mapped[float]
    number: Mapped[int]
