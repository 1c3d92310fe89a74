"""The log of a start: what Podium did and what git, tasks and the IDE wrote, in one order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from app.web.times import took
from app.workspaces.steplooks import TITLES
from app.workspaces.structs import EventView, StepView, WorkspaceView
from app.workspaces.vitals import Vital
from wire.phases import StepState

MOST = 300
"""Lines that a page shows."""
PODIUM = "podium"
_SOURCES = {"ide": "VS Code"}
_JUST_BEFORE = 0.5
"""Seconds by which the event of a start may be older than the start itself."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `kind` is empty, or `failed`."""

    at: float
    source: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """The lines, oldest first; `mark` differs whenever they do, and is no number."""

    lines: list[LogLine]
    mark: str


def log_of(view: WorkspaceView, events: Iterable[EventView], vital: Vital | None) -> Log:
    """Return the log of the newest start."""
    lines = _lines(view, events, vital)[-MOST:]
    text = "\n".join(f"{one.at} {one.source} {one.text}" for one in lines)
    return Log(lines, f"d{sha256(text.encode()).hexdigest()[:16]}")


def _lines(view: WorkspaceView, events: Iterable[EventView], vital: Vital | None) -> list[LogLine]:
    instance = view.instance
    if instance is None:
        return []
    begin = instance.created - _JUST_BEFORE
    lines = [LogLine(one.at, PODIUM, one.text) for one in events if one.at >= begin]
    lines += [line for step in instance.steps if (line := _of_step(step)) is not None]
    if vital is not None:
        lines += [
            LogLine(one.at, _SOURCES.get(one.source, one.source), one.text) for one in vital.said
        ]
    lines.sort(key=lambda one: one.at)
    if instance.problem is not None:
        at = lines[-1].at if lines else instance.created
        problem = instance.problem
        told = [f"{problem.title} ({problem.code})", *problem.detail.splitlines(), problem.cure]
        lines += [LogLine(at, PODIUM, text, "failed") for text in told if text.strip()]
    return lines


def _of_step(step: StepView) -> LogLine | None:
    title = TITLES[step.step]
    if step.began is None or step.state is StepState.WAITING:
        return None
    detail = f": {step.detail}" if step.detail else ""
    if step.state is StepState.WORKING:
        return LogLine(step.began, PODIUM, f"{title}{detail or ' …'}")
    time = f" ({took(step.took)})" if step.took is not None else ""
    kind = "failed" if step.state is StepState.FAILED else ""
    return LogLine(step.began + (step.took or 0.0), PODIUM, f"{title}{time}{detail}", kind)
