"""How a workspace looks: from its view to the words, times and buttons on pages. Pure."""

from dataclasses import dataclass
from types import MappingProxyType

from app.workspaces.gauges import Gauge, Shell, gauges, largest, runs_out, shells, span
from app.workspaces.gitlooks import GitLook
from app.workspaces.lifecycle import OWNERS
from app.workspaces.steplooks import StepLook, steps_of, title_of, total_of
from app.workspaces.structs import StepView, WorkspaceView
from app.workspaces.vitals import Vital
from wire.phases import Condition, Phase, Step, StepState, StopReason

_AT_WORK = MappingProxyType(
    {
        Step.ACCEPTED: "noting the request",
        Step.CONTEXT: "reading the address",
        Step.IMAGE: "finding the image",
        Step.PLACE: "choosing a node",
        Step.CONTENT: "bringing the files",
        Step.CONTAINER: "starting the container",
        Step.SUPERVISOR: "waiting for the supervisor",
        Step.CHECKOUT: "checking out",
    }
)
_WAITING = frozenset({Step.IMAGE, Step.PLACE})
"""Steps whose detail tells what the start waits for."""
_STUCK = frozenset({Condition.DEADLINE_PASSED, Condition.NODE_UNREACHABLE})
_UNASKED = frozenset({StopReason.TIMED_OUT, StopReason.LIFETIME, StopReason.ENDED_INSIDE})


@dataclass(frozen=True, slots=True)
class Look:
    """A workspace as pages show it."""

    view: WorkspaceView
    state: str
    """running, starting, stopping, failed or stopped: colour and icon."""
    word: str
    """The state for people."""
    since: float
    doing: str
    """What is being done now; empty when nothing is."""
    steps: list[StepLook]
    total: float | None
    """Seconds that the start took; None when it is not done."""
    failed_step: str
    ended: str = ""
    """Why it was stopped, when nobody asked for it and nothing failed."""
    vital: Vital | None = None
    """What its supervisor told last."""

    @property
    def gauges(self) -> list[Gauge]:
        """What it takes now; before that is measured, places for it."""
        there = self.running or self.view.phase is Phase.INITIALIZING
        if not there or self.view.deleting:
            return []
        vital = self.vital
        return gauges(vital.usage, vital.day) if vital else gauges(None)

    @property
    def span(self) -> str:
        """Which time the lines of its resources are of."""
        return span(self.vital.day if self.vital else None)

    @property
    def awake(self) -> str:
        """What is at work and keeps it awake, in words; empty while nothing is."""
        if self.vital is None or not self.running or not self.vital.awake:
            return ""
        first, *others = self.vital.awake
        return f"{first} and {len(others)} more" if others else first

    @property
    def runs_out(self) -> tuple[str, str]:
        """What of memory and disk runs out, in a few words and in sentences; empty for nothing."""
        instance = self.view.instance
        return runs_out(instance.conditions) if self.running and instance else ("", "")

    @property
    def largest(self) -> list[tuple[str, str]]:
        """Size and path of the folders that take most, where the disk is nearly full."""
        if self.vital is None or self.view.instance is None or not self.gauges:
            return []
        return largest(self.vital.usage, self.view.instance.conditions)

    @property
    def git(self) -> GitLook:
        """What of its repositories exists nowhere else."""
        return GitLook(self.view.git)

    @property
    def shells(self) -> list[Shell]:
        """The terminals that are open."""
        if self.vital is None or not self.gauges or self.view.instance is None:
            return []
        return shells(self.vital, {one.id: one.name for one in self.view.instance.tasks})

    @property
    def vital_version(self) -> int:
        """Grows with each change of what the supervisor tells."""
        return self.vital.version if self.vital else 0

    @property
    def running(self) -> bool:
        """Whether its editor can be opened."""
        return self.view.phase is Phase.RUNNING and not self.view.deleting

    @property
    def ready_url(self) -> str:
        """Where a start leads when it is done."""
        if self.view.editor.desktop:
            return self.open_url
        first = self.view.instance is not None and self.view.instance.n == 1
        return self.view.first_url if first and self.view.first_url else self.view.ide_url

    @property
    def open_url(self) -> str:
        """Where its editor is, or the page that leads to one on the person's computer."""
        desktop = f"/workspaces/{self.view.id}/desktop"
        return desktop if self.view.editor.desktop else self.view.ide_url

    @property
    def opens(self) -> str:
        """What opens it, for a button."""
        return self.view.editor.opens

    @property
    def starting(self) -> bool:
        """Whether it is on its way."""
        return self.view.phase.starting and not self.view.deleting

    @property
    def idle(self) -> bool:
        """Whether it can be started."""
        return self.view.phase is Phase.STOPPED and not self.view.deleting and not self.waits

    @property
    def waits(self) -> bool:
        """Whether it is stopped and starts by itself: its files are on their way."""
        return self.view.backup is not None and self.view.backup.starts

    @property
    def archived(self) -> bool:
        """Whether a restore point is all there is of it, and nobody has asked for it."""
        return self.idle and self.view.archived and not self.restoring

    @property
    def archiving(self) -> bool:
        """Whether its node's copy is still there and about to go."""
        return self.view.archived_at is not None and not self.view.archived

    @property
    def restoring(self) -> bool:
        """Whether its files are being replaced or brought back."""
        return self.view.backup is not None and self.view.backup.restoring

    @property
    def can_archive(self) -> bool:
        """Whether it may be archived by hand."""
        there = self.idle and self.view.archived_at is None and not self.restoring
        return there and self.view.backup is not None and self.view.backup.safe

    @property
    def asks(self) -> bool:
        """Whether the failed start asks something, whose answer is the next thing to do."""
        problem = self.view.instance.problem if self.view.instance is not None else None
        return self.idle and problem is not None and problem.code == "host_key_unknown"

    @property
    def stoppable(self) -> bool:
        """Whether there is something to stop."""
        return self.running or self.starting

    @property
    def stuck(self) -> bool:
        """Whether it may be given up by force: it takes too long, or its node does not answer."""
        instance = self.view.instance
        if instance is None or self.view.phase is not Phase.STOPPING:
            return self.view.deleting
        return instance.problem is not None or not _STUCK.isdisjoint(instance.conditions)

    @property
    def too_large(self) -> bool:
        """Whether the clone was too large, so that one without old versions may be offered."""
        problem = self.view.instance.problem if self.view.instance else None
        return self.idle and problem is not None and problem.code == "clone_too_large"

    @property
    def owner(self) -> str:
        """Who moves it on from here."""
        return OWNERS[self.view.phase].words

    @property
    def slow(self) -> bool:
        """Whether the editor is late, so that it may be opened anyway."""
        instance = self.view.instance
        return self.starting and instance is not None and Condition.IDE_SLOW in instance.conditions


def look_of(view: WorkspaceView, vital: Vital | None = None) -> Look:
    """Return how a workspace looks; `vital` is what its supervisor told last."""
    steps = view.instance.steps if view.instance else []
    state, word = _state(view)
    since = view.phase_since
    if view.phase.starting and view.instance is not None:
        since = view.instance.created
    if word == "archived" and view.archived_at is not None:
        since = view.archived_at
    working = next((one for one in steps if one.state is StepState.WORKING), None)
    failed = next((one for one in steps if one.state is StepState.FAILED), None)
    return Look(
        view=view,
        state=state,
        word=word,
        since=since,
        doing=_doing(view, state, working),
        steps=steps_of(view),
        total=total_of(view),
        failed_step=title_of(view, failed.step) if failed else "",
        ended=_ended(view),
        vital=vital,
    )


def _state(view: WorkspaceView) -> tuple[str, str]:
    failed = view.instance is not None and view.instance.problem is not None
    match view.phase:
        case _ if view.deleting:
            return "stopping", "deleting"
        case Phase.STOPPED if view.backup is not None and view.backup.starts:
            return "starting", "starting"
        case Phase.STOPPED if view.archived and not (view.backup and view.backup.restoring):
            return "stopped", "archived"
        case Phase.STOPPED:
            return ("failed", "failed") if failed else ("stopped", "stopped")
        case Phase.STOPPING:
            return "stopping", "stopping"
        case Phase.RUNNING:
            return "running", "running"
        case _:
            return "starting", "starting"


def _ended(view: WorkspaceView) -> str:
    instance = view.instance
    if instance is None or view.deleting or instance.problem is not None:
        return ""
    return instance.stop_detail if instance.stop_reason in _UNASKED else ""


def _doing(view: WorkspaceView, state: str, working: StepView | None) -> str:
    if state != "starting":
        return ""
    if view.phase is Phase.STOPPED:
        return "bringing its files back"
    if working is None:
        return "waiting for the node"
    if working.step is Step.IDE:
        return f"starting {view.editor.opens}"
    return (working.detail if working.step in _WAITING else "") or _AT_WORK[working.step]
