"""What to do next about what the server wants. Level-triggered: asked again after every change."""

from dataclasses import dataclass
from enum import StrEnum

from supervisor.core.programs import kind_of
from wire.agent import Desired, StepReport
from wire.ides import Ide
from wire.phases import StepState


class Action(StrEnum):
    """Work that the shell can start."""

    CHECK_OUT = "check_out"
    START_IDE = "start_ide"
    START_TASKS = "start_tasks"
    GIVE_UP = "give_up"
    """A run without anybody cannot come to its tasks."""
    LEAVE_IDE = "leave_ide"
    """End it for good: the workspace opens with something else now."""
    OPEN_DOORWAY = "open_doorway"
    """Lead whoever comes to the IDE's port to the terminals."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What has come of earlier actions."""

    checkout: StepState = StepState.WAITING
    ide_running: bool = False
    ide_kind: Ide = Ide.VSCODE
    """Of the one that runs."""
    jupyterlab: bool = True
    """Its tree is there."""
    doorway_open: bool = False
    ide_not_before: float = 0.0
    """Monotonic seconds until which a crashed IDE rests."""
    whole: bool = True
    """Submodules and large files are there, or have failed."""
    tasks_started: bool = False
    ending: bool = False


def newer(held: Desired | None, offered: Desired) -> bool:
    """Tell whether an offered document replaces the one held."""
    return held is None or offered.version >= held.version


def plan(desired: Desired | None, facts: Facts, now: float) -> list[Action]:
    """Return what to start now; nothing while ending or before the server has spoken.

    The IDE's server starts beside the checkout and is told of after it, also when that failed:
    people must be able to look and mend. Tasks are the repository's code: they run when it is
    whole and trusted. A run without anybody has no IDE, and ends with its tasks, or without them.
    """
    if desired is None or facts.ending:
        return []
    actions = []
    if facts.checkout is StepState.WAITING:
        actions.append(Action.CHECK_OUT)
    if desired.ide and not desired.headless:
        actions += _ide(kind_of(desired, jupyterlab=facts.jupyterlab), facts, now)
    whole = facts.checkout is StepState.DONE and facts.whole
    if whole and desired.trusted and not facts.tasks_started:
        actions.append(Action.START_TASKS)
    if desired.headless and taskless(desired, facts.checkout) and not facts.tasks_started:
        actions.append(Action.GIVE_UP)
    return actions


def taskless(desired: Desired, checkout: StepState) -> str:
    """Return why no task will run as things are, for programs; empty when some may."""
    if not desired.trusted:
        return "untrusted"
    return "no_code" if checkout is StepState.FAILED else ""


def _ide(kind: Ide, facts: Facts, now: float) -> list[Action]:
    """Return what brings up what the workspace opens with; what runs instead ends first."""
    if facts.ide_running:
        return [Action.LEAVE_IDE] if facts.ide_kind is not kind else []
    if kind is Ide.TERMINAL:
        return [] if facts.doorway_open else [Action.OPEN_DOORWAY]
    return [Action.START_IDE] if now >= facts.ide_not_before else []


def told(ide: StepReport, checkout: StepState) -> StepReport:
    """Return what the server is told of the IDE: nothing before the checkout is settled.

    It may answer by then, but whoever opened it would watch files arrive.
    """
    return ide if checkout in {StepState.DONE, StepState.FAILED} else StepReport()
