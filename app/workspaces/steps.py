"""The nine steps of a start as they stand in an instance's row. Pure.

Shape in the row: step → {"state", "began", "took", "detail"}. Every function
returns a new dict, because the database notices only replaced values.
"""

from typing import Any

from app.workspaces.structs import StepView
from wire.phases import Step, StepState

Steps = dict[str, Any]

_ORDER = list(Step)


def fresh(now: float) -> Steps:
    """Return the steps of a start that was accepted just now."""
    steps: Steps = {step.value: {"state": StepState.WAITING.value} for step in Step}
    return begin(finish(steps, Step.ACCEPTED, now), Step.CONTEXT, now)


def state(steps: Steps, step: Step) -> StepState:
    """Return how far a step is."""
    return StepState(steps.get(step.value, {}).get("state", StepState.WAITING.value))


def begin(steps: Steps, step: Step, now: float, detail: str = "") -> Steps:
    """Start a step that waits; one that has started already is left alone."""
    if state(steps, step) is not StepState.WAITING:
        return steps
    return {
        **steps,
        step.value: {"state": StepState.WORKING.value, "began": now, "detail": detail},
    }


def describe(steps: Steps, step: Step, detail: str) -> Steps:
    """Renew the one line of a working step."""
    entry = steps.get(step.value, {})
    if state(steps, step) is not StepState.WORKING or entry.get("detail") == detail:
        return steps
    return {**steps, step.value: {**entry, "detail": detail}}


def tell(steps: Steps, step: Step, detail: str) -> Steps:
    """Renew the one line of a step that is done: more is known of it now."""
    if state(steps, step) is not StepState.DONE:
        return steps
    return {**steps, step.value: {**steps[step.value], "detail": detail}}


def reopen(steps: Steps, now: float) -> Steps:
    """Let the image be waited for, which was done as far as anybody could know; again or not."""
    waits = {"state": StepState.WAITING.value}
    return begin({**steps, Step.IMAGE.value: waits, Step.CONTAINER.value: waits}, Step.IMAGE, now)


def finish(
    steps: Steps, step: Step, now: float, took: float | None = None, detail: str = ""
) -> Steps:
    """End a step well, and with it every earlier one that nobody reported."""
    if state(steps, step) in {StepState.DONE, StepState.FAILED}:
        return steps
    ended = dict(steps)
    for earlier in _ORDER[: _ORDER.index(step)]:
        if state(ended, earlier) in {StepState.WAITING, StepState.WORKING}:
            ended[earlier.value] = _ended(ended, earlier, StepState.DONE, now, None, "")
    ended[step.value] = _ended(ended, step, StepState.DONE, now, took, detail)
    return ended


def fail(steps: Steps, now: float, detail: str, step: Step | None = None) -> Steps:
    """End a step badly: the named one, else the one at work; none at work changes nothing."""
    failing = step or next((one for one in _ORDER if state(steps, one) is StepState.WORKING), None)
    if failing is None or state(steps, failing) in {StepState.DONE, StepState.FAILED}:
        return steps
    return {**steps, failing.value: _ended(steps, failing, StepState.FAILED, now, None, detail)}


def view(steps: Steps) -> list[StepView]:
    """Return the steps in their order, as people see them."""
    return [
        StepView(
            step=step,
            state=state(steps, step),
            began=steps.get(step.value, {}).get("began"),
            took=steps.get(step.value, {}).get("took"),
            detail=steps.get(step.value, {}).get("detail", ""),
        )
        for step in _ORDER
    ]


def _ended(
    steps: Steps, step: Step, how: StepState, now: float, took: float | None, detail: str
) -> dict[str, Any]:
    entry = steps.get(step.value, {})
    began = entry.get("began", now if took is None else now - took)
    return {
        "state": how.value,
        "began": began,
        "took": max(0.0, now - began) if took is None else took,
        "detail": detail or entry.get("detail", ""),
    }
