"""What the pages of workspaces are drawn from: one context for each template."""

from dataclasses import dataclass, field
from typing import ClassVar

from app.web.render import Context
from app.workspaces.badge import Badge
from app.workspaces.looks import Group, Look, digest, grouped, look_of
from app.workspaces.preview import Recent
from app.workspaces.repository import Repository
from app.workspaces.structs import EventView, WorkspaceView
from app.workspaces.tabs import Tab, tab_of
from app.workspaces.timeouts import Choice, choices
from wire.hosts import Hosts
from wire.problems import Problem

EXAMPLE_PORT = 3000


@dataclass(frozen=True, slots=True)
class ListContext(Context):
    """The start field, and all workspaces."""

    template: ClassVar[str] = "workspaces/list.html"
    part: ClassVar[str] = "workspaces/groups.html"

    groups: list[Group]
    digest: str
    tab: Tab
    recent: list[Recent] = field(default_factory=list)


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
    badge: Badge | None = None
    """For a README, of what was pasted."""


@dataclass(frozen=True, slots=True)
class StartContext(Context):
    """A start as it happens."""

    template: ClassVar[str] = "workspaces/start.html"
    part: ClassVar[str] = "workspaces/progress.html"

    look: Look


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


@dataclass(frozen=True, slots=True)
class DeleteContext(Context):
    """The question before a workspace is deleted."""

    template: ClassVar[str] = "workspaces/delete.html"

    look: Look


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


def list_context(views: list[WorkspaceView], recent: list[Recent]) -> ListContext:
    """Return what the list shows."""
    groups = grouped(views)
    return ListContext(groups, digest(groups), tab_of(groups), recent)


def detail_context(view: WorkspaceView, events: list[EventView], hosts: Hosts) -> DetailContext:
    """Return what a workspace's page shows."""
    port_url = hosts.port_of(view.id, EXAMPLE_PORT).replace(f"//{EXAMPLE_PORT}-", "//<port>-", 1)
    return DetailContext(look_of(view), events, port_url, choices(view.timeout))
