"""The agent link: what server and supervisor tell each other.

The supervisor connects to `/agent/v1` (a WebSocket on the agent listener) with
`Authorization: Bearer <instance token>`. There are no commands: the server sends
the whole `Desired` document whenever it changes, the supervisor the whole
`Observed` one; the receiver acts on the difference and drops smaller versions.
Messages are JSON, one document each. An idle link carries pings every 20 s.
"""

from enum import StrEnum

from msgspec import Struct, field

from wire.git import GitState
from wire.ides import Ide
from wire.numbers import Amount, Count, ExitCode, Moment
from wire.phases import StepState
from wire.ports import PortWish
from wire.usage import Day, Usage

AGENT_PATH = "/agent/v1"
PROTOCOL = 1
PROTOCOL_HEADER = "x-podium-protocol"
"""Sent by the supervisor; the server speaks PROTOCOL and PROTOCOL - 1."""

IDE_PORT = 23000
SUPERVISOR_PORT = 22999

TOKEN_FILE = "/run/podium/token"  # noqa: S105 - a path, not a token
"""Inside the workspace: 0400, root's, on a tmpfs; read once, then removed."""
MACHINE_FOLDER = "/run/podium/machine"
"""Inside the workspace: what the node tells it, read-only. `killed` lists what the kernel has
killed for want of memory, `[{"number": …, "name": …}]`, oldest first."""
SERVER_SOCKET = "/run/podium/server/server.sock"
"""Inside the workspace: the agent listener's socket, one-machine shape."""
LOCAL_SOCKET = "/run/podium/gp.sock"
"""Inside the workspace: the supervisor's, for `gp` and the IDE; 0600, the person's."""

SSH_AGENT_SOCKET = "/run/podium/ssh-agent.sock"
"""Inside the workspace: an ssh agent that signs through the server; 0600, the person's."""

NO_TIMEOUT = "none"
LEAST_TIMEOUT = "10s"
MOST_TIMEOUT = "24h"
EXTENDED_TIMEOUT = "180m"
"""Timeouts are durations in Go's spelling, as in Gitpod; what `gp timeout extend` asks for."""
JOB_LIMIT = "4h"
"""How long a command that waits in front of a terminal is work, unless the server says so."""


class Activity(StrEnum):
    """What keeps a workspace awake."""

    START = "start"
    IDE = "ide"
    """Keys or the pointer in the IDE's window."""
    TERMINAL = "terminal"
    """Input in a terminal of the supervisor's."""
    WORK = "work"
    """Processes use the processor."""
    PORT = "port"
    """A request from outside to one of its ports."""
    PERSON = "person"
    """Somebody said so."""
    SSH = "ssh"
    """Keys in a terminal over ssh, or a desktop editor's traffic."""


class Beats(Struct, frozen=True, kw_only=True):
    """Activity seen by a supervisor: the count is raised by each beat, at most every 30 s.

    A count, not a moment: clocks need not agree, and a document that is sent again is no news.
    """

    count: Count
    last: Activity = Activity.START


class TimeoutWish(Struct, frozen=True, kw_only=True):
    """What `gp timeout` asked for last; done once for each number."""

    number: Count
    timeout: str


class Checkout(Struct, frozen=True, kw_only=True):
    """What the supervisor checks out, once in the life of the workspace."""

    path: str
    """Absolute, below /workspace; holds a `.git` and nothing else before."""
    revision: str
    """Full commit id to stand on; empty for a repository without commits."""
    branch: str
    """Local branch to create and stand on; empty for a detached HEAD."""
    cloned: str = ""
    """Where the clone lies, when it is not at `path` from the beginning."""
    merge: str = ""
    """The remote's ref that the branch follows; empty is the branch of the same name."""


class Desired(Struct, frozen=True, kw_only=True):
    """What the server wants of an instance."""

    version: int
    instance: str
    workspace: str
    key: str
    """Base64 key of the proof header."""
    owner: str
    trusted: bool
    ide: str = Ide.VSCODE.value
    """What it opens with, and may change while it runs; a word that a supervisor does not know is
    VS Code."""
    repository: str = ""
    """Folder to open, absolute."""
    context_url: str = ""
    revision: str = ""
    """Commit that the clone's ref pointed at: what the git host has in any case."""
    checkout: Checkout | None = None
    git_name: str = ""
    git_email: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables of tasks, terminals and IDE; GITPOD_* and PODIUM_* included."""
    assets: str = ""
    """Origin that serves the IDE's static files to browsers; empty means the IDE itself."""
    known_hosts: list[str] = field(default_factory=list)
    """Lines of a known_hosts file: the ssh hosts that the person has accepted."""
    public_ports: list[int] = field(default_factory=list)
    """Ports that anybody may open, for `gp ports list`; the proxy decides, not the supervisor."""
    timeout: str = ""
    """That counts now, for `gp timeout show`; the server decides, not the supervisor."""
    name: str = ""
    """What people call the workspace, for the title of the IDE's window."""
    job_limit: str = JOB_LIMIT
    """A duration, or none: how long a command that waits in front of a terminal is work."""
    stops_at: float | None = None
    """Moment of the server's clock at which it is stopped unless somebody uses it."""
    headless: bool = False
    """Whether this is a prebuild's run: no IDE, `before` and `init` of every task, then the end."""
    dotfiles: str = ""
    """Clone URL of the repository of the owner's dotfiles; empty where there is none to install."""
    profile: int | None = None
    """Revision of what of the person's editor goes along (`wire.profile`); None is nothing."""
    time_zone: str = ""
    """Of the person's browser, `Europe/Berlin`; empty while none has told it."""


class StepReport(Struct, frozen=True, kw_only=True):
    """How far a step is; `took` is seconds on the supervisor's monotonic clock."""

    state: StepState = StepState.WAITING
    took: Amount = 0.0
    code: str = ""
    """A `Condition` when failed."""
    detail: str = ""


class PortReport(Struct, frozen=True, kw_only=True):
    """A TCP port on which something listens."""

    port: Count
    process: str = ""
    """Name of the program; empty when /proc does not tell."""
    address: str = ""
    """That it is bound to, e.g. 0.0.0.0, 127.0.0.1 or ::1."""
    loopback: bool = False


class TaskState(StrEnum):
    """How far a task is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TaskReport(Struct, frozen=True, kw_only=True):
    """A task of .gitpod.yml in a terminal of its own."""

    id: str
    """Of its terminal as well."""
    name: str
    state: TaskState = TaskState.RUNNING
    exit_code: ExitCode = 0
    """130 when it was interrupted, as a shell tells it."""
    open: bool = True
    """Whether its terminal is still there."""
    open_in: str = ""
    open_mode: str = ""


class TerminalReport(Struct, frozen=True, kw_only=True):
    """A terminal with a shell: a task's, VS Code's, or one of the dashboard."""

    id: str
    """The supervisor's own id (`task-1`, `main`); of any other `pts/<n>`."""
    title: str = ""
    """Name of the program in its foreground."""
    last: Moment = 0.0
    """Seconds since 1970 of its last output or input, to a few seconds."""


class SaidLine(Struct, frozen=True, kw_only=True):
    """A line of the log: what git, a task or the IDE wrote."""

    at: Moment
    """Seconds since 1970."""
    source: str
    """checkout, ide, or a task's name."""
    text: str


class Observed(Struct, frozen=True, kw_only=True):
    """What the supervisor sees."""

    version: Count
    protocol: Count = PROTOCOL
    started: Amount = 0.0
    """Seconds since the supervisor was executed, monotonic."""
    checkout: StepReport = field(default_factory=StepReport)
    ide: StepReport = field(default_factory=StepReport)
    ide_restarts: Count = 0
    conditions: dict[str, str] = field(default_factory=dict)
    """`Condition` → detail, facts that hold now."""
    terminals: Count = 0
    ports: list[PortReport] = field(default_factory=list)
    """In order; the platform's own are left out."""
    port_wishes: list[PortWish] | None = None
    """Of .gitpod.yml, in its order; None as long as it has not been read."""
    backup_excludes: list[str] | None = None
    """Of .gitpod.yml: patterns of what restore points leave out; None as above."""
    tasks: list[TaskReport] = field(default_factory=list)
    """In the order of .gitpod.yml."""
    beats: Beats | None = None
    """None from a supervisor that does not look for activity: then it never counts as idle."""
    awake: list[str] = field(default_factory=list)
    """What is at work now, for people, e.g. `npm test in terminal 2`; what counts are the beats."""
    timeout_wish: TimeoutWish | None = None
    shells: list[TerminalReport] = field(default_factory=list)
    usage: Usage | None = None
    """None until it was measured."""
    day: Day | None = None
    """None in its first minute."""
    git: GitState | None = None
    """Of the repository that was opened; None until it was looked at, and where there is none."""
    more_git: list[GitState] = field(default_factory=list)
    """Of further repositories below /workspace."""
    git_final: bool = False
    """Whether they were looked at after everything in the workspace had ended."""
    said: list[SaidLine] = field(default_factory=list)
    """The newest lines, oldest first."""
