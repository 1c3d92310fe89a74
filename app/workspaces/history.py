"""A workspace's history as plain text, for the command line and for copying. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.workspaces.structs import EventView, WorkspaceView


def as_text(view: WorkspaceView, events: Iterable[EventView]) -> str:
    """Return history (oldest first), then the steps of the newest start and its problem."""
    lines = [
        f"{_moment(event.at)} {event.kind:<12} {event.text}"
        for event in sorted(events, key=lambda one: one.id)
    ]
    instance = view.instance
    if instance is not None:
        lines += ["", f"Start {instance.n} is {instance.phase.value}:"]
        for step in instance.steps:
            took = "" if step.took is None else f"{step.took:8.2f} s"
            lines.append(f"  {step.step.value:<11} {step.state.value:<8} {took:>10}  {step.detail}")
        for name, text in instance.conditions.items():
            lines.append(f"  ! {name}: {text}")
        if instance.problem is not None:
            problem = instance.problem
            lines += ["", f"Problem {problem.code}: {problem.title}"]
            lines += [f"  {text}" for text in (problem.detail, problem.cure) if text]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
