"""What the API gives and takes about workspaces; pages and the command line use the same.

Times are seconds since 1970 (UTC, fractions kept), durations are seconds.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from app.ides.structs import Choice, Editor
from wire.agent import TaskState
from wire.phases import Phase, Step, StepState, StopReason
from wire.problems import Problem

RepositoryUrl = Annotated[str, Meta(min_length=1, max_length=2048)]
RefName = Annotated[str, Meta(max_length=255)]
WorkspaceName = Annotated[str, Meta(min_length=1, max_length=100)]


class Download(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that a workspace begins with, beside its repository."""

    url: Annotated[str, Meta(pattern=r"^https?://[!-?A-~]+$", max_length=2048)]
    """https (or http, where that is switched on), without a password."""
    path: Annotated[
        str, Meta(pattern=r"^[^/\\\x00-\x1f\x7f]+(/[^/\\\x00-\x1f\x7f]+)*$", max_length=1024)
    ]
    """Below /workspace, not in the repository's folder."""
    digest: Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$(?!\n)")]
    """The file counts only with this SHA-256."""


Downloads = Annotated[list[Download], Meta(max_length=20)]


class CreateWorkspace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/workspaces."""

    url: RepositoryUrl
    """A repository's URL: https, ssh or file (below PODIUM_LOCAL_REPOSITORIES), or the
    address of a branch, commit, folder, file, pull request or issue on its host's pages."""
    ref: RefName = ""
    """Branch, tag or full commit id; empty is what the URL names, else the repository's HEAD."""
    trust: bool = False
    """Trust the repository from now on; without it the workspace opens restricted."""
    partial: bool = False
    """Leave old versions of files on the git host until somebody looks at them."""
    dotfiles: bool = True
    """Install one's dotfiles in it, if one has any."""
    ide: Choice | None = None
    """What it opens with, an id of GET /api/v1/ides; None is what the person prefers."""
    downloads: Downloads = []
    """Files beside the repository, fetched in the workspace's network before its first start."""


class ChangeWorkspace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /api/v1/workspaces/<id>; what is left out stays as it is."""

    name: WorkspaceName | UnsetType = UNSET
    """What people call it; its id and its addresses stay."""
    pinned: bool | UnsetType = UNSET
    """Whether it stands first in lists."""
    dotfiles: bool | UnsetType = UNSET
    """Whether one's dotfiles come into it; counts from the next start on, and removes nothing."""
    ide: Choice | UnsetType = UNSET
    """What it opens with; one that runs follows at once."""


class StepView(Struct, frozen=True, kw_only=True):
    """One of the nine steps of a start."""

    step: Step
    state: StepState
    began: float | None = None
    took: float | None = None
    """None until done or failed."""
    detail: str = ""
    """One line for people: progress while working, a fact when done."""


class TaskView(Struct, frozen=True, kw_only=True):
    """A task of .gitpod.yml."""

    id: str
    name: str
    state: TaskState
    exit_code: int
    """Of a task that has ended; 130 when it was interrupted."""
    open: bool
    """Whether its terminal is still there."""


class InstanceView(Struct, frozen=True, kw_only=True):
    """One start of a workspace."""

    id: str
    n: int
    phase: Phase
    phase_since: float
    created: float
    ended: float | None
    deadline: float | None
    """When the phase is given up; None when the phase may last."""
    steps: list[StepView]
    problem: Problem | None = None
    """Why it failed or what is wrong now."""
    conditions: dict[str, str] = field(default_factory=dict)
    tasks: list[TaskView] = field(default_factory=list)
    timeout: str = ""
    """That counts for this start; empty before anybody could use it."""
    stop_reason: StopReason | None = None
    stop_detail: str = ""
    """Why it was stopped, for people."""


class Timeout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT …/timeout: 30m, 2h or 1h30m, at most 24h; none; or empty for what is above."""

    timeout: Annotated[str, Meta(max_length=64)]


class Visibility(StrEnum):
    """Who may use a port."""

    PRIVATE = "private"
    """Only the owner."""
    PUBLIC = "public"
    """Anybody who has the address."""


class Protocol(StrEnum):
    """What a port's server speaks; browsers see the installation's own scheme either way."""

    HTTP = "http"
    HTTPS = "https"
    """Whose certificate it has does not count inside a workspace."""


class PortSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PUT /api/v1/workspaces/<id>/ports/<port>; what is left out stays as it is."""

    visibility: Visibility | None = None
    protocol: Protocol | None = None


class PortView(Struct, frozen=True, kw_only=True):
    """A port of a workspace that listens, is public, or has share links."""

    port: int
    url: str
    visibility: Visibility
    listening: bool
    protocol: Protocol = Protocol.HTTP
    name: str = ""
    """Of .gitpod.yml, and so is the description."""
    description: str = ""
    process: str = ""
    """Name of the program that listens."""
    address: str = ""
    """That it is bound to; loopback ones are reached as well."""
    loopback: bool = False
    shares: int = 0
    """Share links that count."""
    on_open: str = ""
    """What happens when something listens: a word of .gitpod.yml's onOpen, or notify-private."""


class RepositoryView(Struct, frozen=True, kw_only=True):
    """What of one repository exists only in its workspace; of each kind the first 100 names."""

    folder: str = ""
    """Below /workspace."""
    branch: str = ""
    """Empty for a detached HEAD."""
    commit: str = ""
    """That HEAD stands on; empty before the first one."""
    upstream: str = ""
    """Remote branch that the branch follows; empty without one."""
    ahead: int = 0
    behind: int = 0
    """Of the upstream, in commits, as far as git has fetched."""
    uncommitted: int = 0
    """Files that git knows and that differ from the last commit."""
    untracked: int = 0
    unpushed: int = 0
    """Commits of any local branch that no remote is known to have."""
    stashed: int = 0
    uncommitted_files: list[str] = field(default_factory=list)
    untracked_files: list[str] = field(default_factory=list)
    unpushed_commits: list[str] = field(default_factory=list)
    """Newest first: `<short id>: <subject>`."""
    unknown: str = ""
    """Why some of it is not known."""


class GitView(Struct, frozen=True, kw_only=True):
    """What of a workspace's repositories exists only in it, as its supervisor told last."""

    at: float
    """When it was told."""
    final: bool = False
    """Whether it was told after everything in the workspace had ended."""
    repositories: list[RepositoryView]
    """The one that was opened first."""


class BackupView(Struct, frozen=True, kw_only=True):
    """Whether what is in a workspace is in a restore point as well."""

    at: float | None = None
    """All that was written before is in one; None while there is none."""
    safe: bool = False
    """It has stopped, and everything in it is."""
    problem: Problem | None = None
    """Why the newest attempt failed; it is tried again until it works."""
    restoring: bool = False
    """Its files are being replaced by what a restore point holds."""
    restore_problem: Problem | None = None
    """Why its files could not be brought to its node from its point; that is tried again too."""
    node: str = ""
    """Whose answer that waits for; empty for Podium's own machine."""
    starts: bool = False
    """It has stopped, and starts by itself as soon as what holds it up is over."""
    excludes: list[str] = field(default_factory=list)
    """Patterns of .gitpod.yml that no point holds: what an archive would lose."""


class WorkspaceView(Struct, frozen=True, kw_only=True):
    """A workspace as its people see it."""

    id: str
    version: int
    name: str
    """What people call it; the repository's name at first."""
    url: str
    ref: str
    kind: str = "repository"
    """What was opened: repository, ref, place, commit, pull or issue."""
    number: int = 0
    """Of the pull request or issue; else 0."""
    path: str = ""
    """Folder (ends with /) or file that was named."""
    repository: str
    """host/owner/name, or the path of a local repository."""
    trusted: bool
    owner: str
    phase: Phase
    """Of the newest instance; `stopped` before the first start."""
    phase_since: float
    folder: str = ""
    """Of its code, absolute."""
    ide_url: str
    first_url: str = ""
    """Where the first start leads: the IDE, with the file that was named opened in it."""
    created: float
    deleting: bool
    instance: InstanceView | None
    timeout: str = ""
    """Of this workspace; empty is its owner's."""
    active_at: float | None = None
    """Last activity of what runs; None while nobody looks for any."""
    why_awake: str = ""
    """What that was, for people."""
    awake: list[str] = field(default_factory=list)
    """What is at work in it now, for people, e.g. `npm test in terminal 2`."""
    stops_at: float | None = None
    """When it is stopped unless somebody uses it; None while nothing would stop it."""
    ports: list[PortView] = field(default_factory=list)
    pinned: bool = False
    """Whether it stands first in lists; nothing happens to it by itself."""
    dotfiles: bool = True
    """Whether its owner's dotfiles come into it."""
    ide: str = "vscode"
    """What it opens with: an id of GET /api/v1/ides, or one with `-latest` behind it."""
    editor: Editor = field(default_factory=Editor)
    """The same, as people see it."""
    archived_at: float | None = None
    """When it was archived: a start restores it first. Its files are on a node until `archived`."""
    archived: bool = False
    """Its files are in its restore point alone."""
    cleanup_at: float | None = None
    """When clean-up deletes it unless it is used or pinned; None while it stays."""
    git: GitView | None = None
    """Also of what is stopped; None before anything was told, and without a repository."""
    backup: BackupView | None = None
    """None while there is nothing to back up."""


class EventView(Struct, frozen=True, kw_only=True):
    """One line of a workspace's history."""

    id: int
    at: float
    kind: str
    """Stable word, e.g. created, started, running, stopped, failed."""
    text: str
    actor: str
    """User id, or `podium`."""
