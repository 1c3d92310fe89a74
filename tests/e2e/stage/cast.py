"""Workspaces as they are on a busy day, row by row: long names, many ports, a failed start.

Ids, times and names are fixed, so that a picture of them is the same on every day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.db.workspaces import EventRow, InstanceRow, WorkspaceRow
from app.workspaces.secrets import hash_of
from tests.e2e.stage.days import a_day, a_moment
from tests.e2e.stage.links import links
from tests.e2e.stage.repositories import git_of
from wire.agent import Activity, Observed, SaidLine, TerminalReport
from wire.phases import Phase, Step

NOW = 1_764_000_000.0
"""Monday 24 November 2025, 16:00 UTC."""
REVISION = "4f1c0a9e77b2d6c85e3390aa1b7d5c2f60918e34"
LONG = "infrastructure-as-code-for-the-european-payment-clearing-and-settlement-platform"

_DETAILS = {
    Step.ACCEPTED: (0.0, 0.004, ""),
    Step.CONTEXT: (0.004, 0.011, ""),
    Step.IMAGE: (0.015, 0.002, "default image"),
    Step.PLACE: (0.017, 0.001, "this machine"),
    Step.CONTENT: (0.018, 0.412, "main at 4f1c0a9e77b2"),
    Step.CONTAINER: (0.43, 0.163, ""),
    Step.SUPERVISOR: (0.593, 0.141, ""),
    Step.CHECKOUT: (0.734, 0.187, "main, 214 files"),
    Step.IDE: (0.921, 0.804, "VS Code answers"),
}


@dataclass
class Part:
    """One workspace of the cast."""

    id: str
    name: str
    repository: str
    phase: Phase = Phase.RUNNING
    ago: float = 3600.0
    ref: str = ""
    kind: str = "repository"
    number: int = 0
    n: int = 1
    at_work: Step | None = None
    problem: dict[str, Any] | None = None
    ports: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    public: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    pinned: bool = False
    conditions: dict[str, str] = field(default_factory=dict)
    ide: str = "vscode"
    idle: float = 375.0
    """Seconds since somebody used it, while it runs."""

    @property
    def instance(self) -> str:
        return f"{self.id}.{self.n}"


def port(number: int, process: str, address: str = "0.0.0.0") -> dict[str, Any]:
    loopback = address in {"127.0.0.1", "::1"}
    return {"port": number, "process": process, "address": address, "loopback": loopback}


def task(number: int, name: str, state: str = "running", code: int = 0) -> dict[str, Any]:
    return {"id": f"task-{number}", "name": name, "state": state, "exit_code": code, "open": True}


MANY_PORTS = [
    port(3000, "node", "127.0.0.1"),
    port(3306, "mariadbd"),
    port(5173, "node", "::1"),
    port(5432, "postgres", "127.0.0.1"),
    port(6006, "storybook"),
    port(6379, "redis-server"),
    port(8000, "python3"),
    port(8025, "mailpit"),
    port(8080, "java"),
    port(9000, "minio"),
    port(9229, "node", "127.0.0.1"),
    port(15672, "beam.smp"),
]
FAILED = {
    "code": "repository_missing",
    "title": "There is no repository at this address",
    "detail": "git said: remote: Repository not found. fatal: repository "
    "'https://github.com/ada/gone/' not found",
    "cure": "Check the spelling; a private repository looks the same to strangers.",
    "status": 404,
    "type": "about:blank",
}
STARS = [
    Part(
        "amber-otter-k3v9x2m7qd",
        "payments-api",
        "github.com/ada/payments-api",
        ago=7300,
        ref="main",
        kind="ref",
        n=3,
        ports=MANY_PORTS,
        public=(8080,),
        shared=(8000,),
        tasks=[task(1, "Database", "done"), task(2, "Server"), task(3, "Tests", "failed", 2)],
        pinned=True,
    ),
    Part(
        "brisk-heron-b7n4c1w8rz",
        LONG,
        f"gitlab.example-of-a-long-company-name.org/platform/settlement/{LONG}",
        ago=1500,
        ref="feature/JIRA-48213-move-the-clearing-house-adapters-behind-the-new-anti-corruption-layer",
        kind="ref",
        ports=MANY_PORTS[:3],
    ),
    Part(
        "calm-finch-t5p8d3k6ya",
        "website",
        "github.com/ada/website",
        Phase.CREATING,
        ago=2.0,
        kind="pull",
        number=412,
        ref="refs/pull/412/head",
        at_work=Step.CONTENT,
    ),
    Part("dawn-lynx-h2r6f9s4vb", "gateway", "github.com/ada/gateway", Phase.STOPPING, ago=3.0),
    Part(
        "eager-panda-w8k1g5j3xc",
        "gone",
        "github.com/ada/gone",
        Phase.STOPPED,
        ago=900,
        at_work=Step.CONTENT,
        problem=FAILED,
    ),
]
MEMORY_LOW = {
    "memory_low": "93% of the memory (4.0 GB) is in use, most of it by java. "
    "When there is none left, a program is killed."
}
NOTEBOOKS = 2
"""Among those that make the list long: opens with JupyterLab."""
_NAMES = ("docs", "cli", "mobile", "ledger", "search", "billing", "design-system", "etl", "infra")


def many(count: int) -> list[Part]:
    """Return the stars, and as many more that make the list long."""
    more = []
    for number in range(count - len(STARS)):
        name = f"{_NAMES[number % len(_NAMES)]}{number // len(_NAMES) or ''}"
        phase = Phase.RUNNING if number < 6 else Phase.STOPPED
        made = Part(
            f"quiet-fox-{number:02d}m4z8t1qe"[:20],
            name,
            f"github.com/ada/{name}",
            phase,
            ago=5000.0 + 40_000 * number,
            ports=MANY_PORTS[6:7] if number == 1 else [],
            conditions=MEMORY_LOW if number == 1 else {},
            ide="jupyterlab" if number == NOTEBOOKS else "vscode",
            idle=215.0 * number,
        )
        more.append(made)
    return [*STARS, *more]


def rows(part: Part, owner: str, organisation: str, now: float) -> Iterator[Any]:
    """Yield the rows of one workspace: itself, its newest start, its history.

    Only its last use counts from `now`: a clock that goes on would stop it at once.
    """
    at = NOW - part.ago
    shares = [two for one in part.shared for two in links(part.id, one, owner, organisation, now)]
    stopped = part.phase is Phase.STOPPED
    yield WorkspaceRow(
        id=part.id,
        owner_id=owner,
        organisation_id=organisation,
        name=part.name,
        url=f"https://{part.repository}",
        ref=part.ref,
        kind=part.kind,
        number=part.number,
        path="",
        variables={},
        port_settings={str(one): {"visibility": "public"} for one in part.public},
        shares={one.id: {"port": one.port, "expires": int(one.expires_at)} for one in shares},
        repository=part.repository,
        folder=part.repository.rpartition("/")[2],
        trusted=True,
        wish="stopped" if stopped or part.phase is Phase.STOPPING else "running",
        version=7,
        n=part.n,
        content="none" if part.problem else "present",
        revision=REVISION,
        branch=part.ref or "main",
        checked_out=not part.problem,
        auth_epoch=0,
        created_at=at - 86_400,
        phase_since=at,
        deleted_at=None,
        pinned=part.pinned,
        ide=part.ide,
        git={} if part.problem else git_of(part.repository, REVISION, at, busy=bool(part.ports)),
    )
    yield InstanceRow(
        id=part.instance,
        workspace_id=part.id,
        n=part.n,
        live=not stopped,
        phase=part.phase.value,
        phase_since=at,
        deadline=None if stopped or part.phase is Phase.RUNNING else NOW + 60,
        created_at=at - 1.73,
        ended_at=at if stopped else None,
        forced=False,
        steps=_steps(part, at - 1.73),
        conditions=part.conditions,
        ports=part.ports,
        tasks=part.tasks,
        problem=part.problem,
        token_hash=hash_of(part.instance),
        timeout="30m",
        active_at=now - part.idle if part.phase is Phase.RUNNING else None,
        activity=Activity.IDE.value if part.phase is Phase.RUNNING else "",
    )
    yield from shares
    told = [
        (-86_400.0, "created", f"From https://{part.repository}."),
        (-86_398.3, "running", "The IDE answers."),
        (-30_000.0, "stopping", "Start 1 is stopping."),
        (-29_999.2, "stopped", "Start 1 has stopped."),
        (-1.73, "started", f"Start {part.n}."),
        (0.0, "running", "The IDE answers."),
    ]
    for offset, kind, text in told[: 1 if part.at_work else 6]:
        yield EventRow(workspace_id=part.id, at=at + offset, kind=kind, text=text, actor=owner)


def _steps(part: Part, start: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    over = False
    for step, (began, took, detail) in _DETAILS.items():
        if over:
            found[step.value] = {"state": "waiting"}
        elif step is part.at_work:
            over = True
            state = "failed" if part.problem else "working"
            found[step.value] = {"state": state, "began": start + began, "detail": ""}
            if part.problem:
                found[step.value] |= {"took": took, "detail": part.problem["title"]}
            else:
                found[step.value]["detail"] = "Receiving objects:  62 % (18 212/29 120), 41 MB"
        else:
            words = detail if part.ide == "vscode" else detail.replace("VS Code", "JupyterLab")
            entry = {"state": "done", "began": start + began, "took": took, "detail": words}
            found[step.value] = entry
    return found


def told(part: Part) -> Observed:
    """What the supervisor of a running workspace tells."""
    busy = (sum(map(ord, part.id)) % 17) / 10
    checkout = [
        "Updating files: 100% (214/214), done.",
        f"Switched to and reset branch '{part.ref or 'main'}'",
    ]
    server = [
        "yarn run v1.22.22",
        "$ node --watch src/server.ts",
        "(node:412) ExperimentalWarning: Watch mode is an experimental feature",
        "Listening on http://127.0.0.1:3000",
        "GET /healthz 200 3 ms",
    ]
    start = NOW - part.ago
    said = [SaidLine(at=start - 0.8, source="checkout", text=one) for one in checkout]
    if part.tasks:
        said += [SaidLine(at=start + 2, source="Server", text=one) for one in server]
    return Observed(
        version=1,
        shells=[
            TerminalReport(id="task-2", title="node", last=NOW - 40),
            TerminalReport(id="pts/3", title="vim", last=NOW - 600),
            TerminalReport(id="pts/4", title="bash", last=NOW - 7200),
        ],
        awake=["npm test in terminal 2"] if part.idle < 600 and part.tasks else [],
        day=a_day(busy),
        usage=a_moment(busy, 31 + len(part.ports)),
        said=said,
    )
