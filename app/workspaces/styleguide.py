"""The components on one living page, for development only: what a change of style looks like."""

from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec.structs import replace

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import shell
from app.faults import Missing
from app.settings import Settings
from app.web.render import Context, Renderer
from app.workspaces.looks import Look, look_of
from app.workspaces.structs import InstanceView, StepView, WorkspaceView
from app.workspaces.vitals import Vital
from kit.clock import Clock
from wire.agent import TerminalReport
from wire.phases import Phase, Step, StepState
from wire.problems import Problem
from wire.usage import Usage

COLOURS = (
    *("bg", "raised", "sunken", "hover", "line", "line-strong", "control", "fg", "dim"),
    *("accent", "accent-text", "accent-soft", "ok", "warn", "bad", "bad-soft", "off"),
)
PROBLEM = Problem(
    code="repository_missing",
    title="There is no repository at this address",
    status=404,
    detail="git said: remote: Repository not found.",
    cure="Check the spelling; a private repository looks the same to strangers.",
)


@dataclass(frozen=True, slots=True)
class StyleguideContext(Context):
    """Every component in every state."""

    template: ClassVar[str] = "styleguide.html"

    colours: tuple[str, ...]
    looks: list[Look]
    found: Problem


AT_WORK = ["npm test in terminal 2"]


def samples(now: float) -> list[Look]:
    """Return a workspace in each state that people see."""
    docs = _sample("docs", Phase.STOPPED, now - 400000, done=9)
    return [
        look_of(_sample("payments-api", Phase.RUNNING, now - 7300, done=9), _vital(now)),
        look_of(_sample("a-name-that-is-much-longer-than-anybody-needs", Phase.CREATING, now - 3)),
        look_of(_sample("web", Phase.STOPPING, now - 2, done=9)),
        look_of(_sample("gateway", Phase.STOPPED, now - 90000, problem=PROBLEM)),
        look_of(replace(docs, cleanup_at=now + 180_000)),
    ]


def _vital(now: float) -> Vital:
    usage = Usage(
        cpu=0.62,
        cores=2.0,
        memory=1_310_000_000,
        memory_limit=4_294_967_296,
        processes=43,
        disk=1_240_000_000,
        disk_free=83_000_000_000,
    )
    shells = [TerminalReport(id="pts/1", title="vim", last=now - 600)]
    return Vital("payments-api.1", 1, terminals=shells, usage=usage, awake=AT_WORK)


def _sample(
    name: str, phase: Phase, at: float, done: int = 4, problem: Problem | None = None
) -> WorkspaceView:
    steps = [
        StepView(
            step=step,
            state=_state(index, done, problem),
            began=at + index * 0.3 if index <= done else None,
            took=0.3 if index < done or (index == done and problem) else None,
        )
        for index, step in enumerate(Step)
    ]
    instance = InstanceView(
        id=f"{name}.1",
        n=1,
        phase=phase,
        phase_since=at,
        created=at,
        ended=None,
        deadline=None,
        steps=steps,
        problem=problem,
    )
    return WorkspaceView(
        id=f"amber-otter-{name[:10]}",
        version=1,
        name=name,
        url=f"https://github.com/ada/{name}",
        ref="main",
        repository=f"github.com/ada/{name}",
        trusted=True,
        owner="u_1",
        phase=phase,
        phase_since=at,
        ide_url="#",
        created=at,
        deleting=False,
        instance=instance,
    )


def _state(index: int, done: int, problem: Problem | None) -> StepState:
    if index < done:
        return StepState.DONE
    if index > done:
        return StepState.WAITING
    return StepState.FAILED if problem else StepState.WORKING


@get("/styleguide", opt={"action": Action.SEE_PUBLIC})
async def styleguide(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    renderer: NamedDependency[Renderer],
) -> Response[str]:
    """Show the components; where nobody develops there is no such page."""
    if not settings.development_port:
        raise Missing("not_found", "There is nothing at this address")
    context = StyleguideContext(COLOURS, samples(clock.now()), PROBLEM)
    return renderer.page(request, shell(principal, keys, "Styleguide"), context)
