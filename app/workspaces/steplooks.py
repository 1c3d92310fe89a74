"""How the steps of a start look: their titles, and the bars of its timeline. Pure."""

from dataclasses import dataclass
from types import MappingProxyType

from app.workspaces.structs import WorkspaceView
from wire.phases import Step, StepState

TITLES = MappingProxyType(
    {
        Step.ACCEPTED: "Accepted",
        Step.CONTEXT: "Repository",
        Step.IMAGE: "Image",
        Step.PLACE: "Node",
        Step.CONTENT: "Files",
        Step.CONTAINER: "Container",
        Step.SUPERVISOR: "Supervisor",
        Step.CHECKOUT: "Checkout",
        Step.IDE: "Editor",
    }
)
_NEVER = -1.0


@dataclass(frozen=True, slots=True)
class StepLook:
    """One line of the timeline; `left` and `width` are percent of the whole start."""

    name: str
    title: str
    state: str
    detail: str
    began: float | None
    took: float | None
    left: float
    width: float


def title_of(view: WorkspaceView, step: Step) -> str:
    """Return what a step is called."""
    return view.editor.name if step is Step.IDE else TITLES[step]


def steps_of(view: WorkspaceView) -> list[StepLook]:
    """Return the lines of the timeline of the newest start."""
    steps = view.instance.steps if view.instance else []
    start = view.instance.created if view.instance else _NEVER
    ends = [one.began + one.took for one in steps if one.began is not None and one.took is not None]
    whole = max(max(ends, default=start) - start, 0.001)
    looks = []
    for one in steps:
        left = width = 0.0
        if one.began is not None and one.took is not None:
            # Supervisors report what they measured themselves, so bars may stick out a little.
            left = min(max((one.began - start) / whole * 100, 0.0), 99.0)
            width = min(max(one.took / whole * 100, 0.6), 100.0 - left)
        looks.append(
            StepLook(
                name=one.step.value,
                title=title_of(view, one.step),
                state=one.state.value,
                detail=one.detail,
                began=one.began,
                took=one.took,
                left=round(left, 2),
                width=round(width, 2),
            )
        )
    return looks


def total_of(view: WorkspaceView) -> float | None:
    """Return the seconds that the start took; None when it is not done."""
    steps = view.instance.steps if view.instance else []
    last = steps[-1] if steps else None
    if view.instance is None or last is None or last.state is not StepState.DONE:
        return None
    if last.began is None or last.took is None:
        return None
    return max(last.began + last.took - view.instance.created, 0.0)
