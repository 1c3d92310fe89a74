"""What the pages of workspaces are drawn from: one context for each template."""

from dataclasses import dataclass, field
from typing import ClassVar

from app.web.render import Context
from app.workspaces.back import Back
from app.workspaces.badge import Badge
from app.workspaces.cleaning import span_of
from app.workspaces.groups import Group, digest, grouped, newest_vital
from app.workspaces.ides import IdeChoice, Ides
from app.workspaces.keeping import kept_because
from app.workspaces.looks import Look, look_of
from app.workspaces.preloading import early_url
from app.workspaces.preview import Recent
from app.workspaces.repository import Repository
from app.workspaces.startlog import Log, log_of
from app.workspaces.structs import EventView, WorkspaceView
from app.workspaces.tabs import Tab, tab_of
from app.workspaces.timeouts import Choice, choices
from app.workspaces.vitals import Vital, Vitals
from wire.hosts import Hosts
from wire.problems import Problem
from wire.ssh import command_of

EXAMPLE_PORT = 3000


@dataclass(frozen=True, slots=True)
class ListContext(Context):
    """The start field, and all workspaces."""

    template: ClassVar[str] = "workspaces/list.html"
    part: ClassVar[str] = "workspaces/groups.html"

    groups: list[Group]
    digest: str
    vitals: int
    """The newest version of what supervisors told that is shown."""
    tab: Tab
    recent: list[Recent] = field(default_factory=list)
    platform: Problem | None = None
    """What is wrong with the backups of the platform itself."""


@dataclass(frozen=True, slots=True)
class RowContext(Context):
    """One workspace in the list."""

    template: ClassVar[str] = "workspaces/row.html"

    look: Look


@dataclass(frozen=True, slots=True)
class NewContext(Context):
    """What would be opened, and whether it is trusted."""

    template: ClassVar[str] = "workspaces/new.html"

    url: str
    ref: str
    key: str
    """Makes the start idempotent: a double click is one workspace."""
    repository: Repository | None = None
    trusted: bool = False
    own: list[Look] = field(default_factory=list)
    """Workspaces that were opened at the same place."""
    refused: Problem | None = None
    held: str = ""
    """Sealed credential that the address carried."""
    held_host: str = ""
    held_replaces: bool = False
    """Whether the host has a token already."""
    badge: Badge | None = None
    """For a README, of what was pasted."""
    ides: list[IdeChoice] = field(default_factory=list)
    ide_told: str = ""
    """Why it is not the editor that the person has chosen."""


@dataclass(frozen=True, slots=True)
class StartContext(Context):
    """A start as it happens."""

    template: ClassVar[str] = "workspaces/start.html"
    part: ClassVar[str] = "workspaces/progress.html"

    look: Look
    log: Log
    open_url: str = ""
    """Where the browser goes already while it starts; empty when there is no proxy to wait at."""
    back: Back | None = None
    """Where to go when it runs, when that is not where one begins."""


@dataclass(frozen=True, slots=True)
class DetailContext(Context):
    """Everything about one workspace."""

    template: ClassVar[str] = "workspaces/workspace.html"
    part: ClassVar[str] = "workspaces/detail.html"

    look: Look
    events: list[EventView]
    port_url: str
    timeouts: list[Choice]
    """What may be chosen as the timeout."""
    log: Log
    ssh: str
    """The command that leads in; empty without a gateway."""
    ides: list[IdeChoice]
    archived_after: str = ""
    """The time without use after which it is archived by itself; empty for never."""
    stays: str = ""
    """Why it is not."""


@dataclass(frozen=True, slots=True)
class ArchiveContext(Context):
    """The question before a workspace is archived."""

    template: ClassVar[str] = "workspaces/archive.html"

    look: Look


@dataclass(frozen=True, slots=True)
class VitalsContext(Context):
    """What a workspace takes, and its terminals: two parts of its page."""

    template: ClassVar[str] = "workspaces/vitals.html"

    look: Look


@dataclass(frozen=True, slots=True)
class RowVitalsContext(Context):
    """What a workspace takes, in its row of the list."""

    template: ClassVar[str] = "workspaces/row_vitals.html"

    look: Look


@dataclass(frozen=True, slots=True)
class LogContext(Context):
    """The log of the newest start."""

    template: ClassVar[str] = "workspaces/log.html"

    log: Log


@dataclass(frozen=True, slots=True)
class DeleteContext(Context):
    """The question before a workspace is deleted."""

    template: ClassVar[str] = "workspaces/delete.html"

    look: Look
    until: float | None
    """Until when it can be restored; None where nothing is kept."""


@dataclass(frozen=True, slots=True)
class RenameContext(Context):
    """The field for another name."""

    template: ClassVar[str] = "workspaces/rename.html"

    view: WorkspaceView


@dataclass(frozen=True, slots=True)
class StopAllContext(Context):
    """The question which ones are to be stopped."""

    template: ClassVar[str] = "workspaces/stop_all.html"

    looks: list[Look]


def list_context(
    views: list[WorkspaceView],
    recent: list[Recent],
    vitals: Vitals | None = None,
    platform: Problem | None = None,
) -> ListContext:
    """Return what the list shows."""
    groups = grouped(views, vitals.of) if vitals else grouped(views)
    return ListContext(
        groups, digest(groups), newest_vital(groups), tab_of(groups), recent, platform
    )


def start_context(
    view: WorkspaceView,
    events: list[EventView],
    vital: Vital | None,
    *,
    opens: bool = False,
    back: Back | None = None,
) -> StartContext:
    """Return what a start's page shows."""
    look = look_of(view, vital)
    ready = back.url if back is not None else look.ready_url
    open_url = early_url(view.ide_url, ready) if opens and look.starting else ""
    return StartContext(look, log_of(view, events, vital), open_url, back)


def detail_context(
    view: WorkspaceView,
    events: list[EventView],
    hosts: Hosts,
    vital: Vital | None = None,
    ssh_port: int = 0,
    ides: Ides | None = None,
    archived_after: float | None = None,
) -> DetailContext:
    """Return what a workspace's page shows; `ssh_port` is the gateway's, 0 when there is none."""
    ssh = command_of(view.id, hosts.name, ssh_port) if ssh_port else ""
    port_url = hosts.port_of(view.id, EXAMPLE_PORT).replace(f"//{EXAMPLE_PORT}-", "//<port>-", 1)
    look, log = look_of(view, vital), log_of(view, events, vital)
    offered = ides.choices(view.ide) if ides is not None else []
    after = "" if archived_after is None else span_of(archived_after)
    stays = kept_because(view)
    return DetailContext(look, events, port_url, _timeouts(view), log, ssh, offered, after, stays)


def _timeouts(view: WorkspaceView) -> list[Choice]:
    counts = "" if view.timeout or view.instance is None else view.instance.timeout
    return choices(view.timeout, counts, "as for all my workspaces")
