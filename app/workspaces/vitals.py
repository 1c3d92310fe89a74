"""What supervisors tell of running workspaces that is true only for a moment: the last value.

In memory alone: supervisors tell everything again after each connection, so a server that
was started anew knows it again within seconds. What an instance says is not trusted: it is
cut to size here, and shown as text.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from app.web.events import Hint, Hints
from app.workspaces.gitstate import states_of
from app.workspaces.structs import WorkspaceView
from kit.clock import Clock
from wire.agent import Observed, SaidLine, TerminalReport
from wire.git import GitState
from wire.ids import InstanceId, parse_instance_id
from wire.phases import Phase
from wire.usage import Day, Usage

VITALS = "vitals"
"""Topic of the hints."""
MOST = 1000
"""Workspaces that are remembered; the one that was silent longest is forgotten first."""
_TERMINALS, _LINES = 100, 200
_NAME, _TEXT = 64, 300
_AT_WORK, _WORK = 5, 160
"""Entries and characters of what one instance says."""


@dataclass(frozen=True, slots=True)
class Vital:
    """What was told last; `version` grows with each change, also over restarts of the server."""

    instance: str
    version: int = 0
    terminals: Sequence[TerminalReport] = field(default_factory=list)
    usage: Usage | None = None
    git: Sequence[GitState] = field(default_factory=list)
    """Of each repository; what pages show of them is in the workspace's row."""
    said: Sequence[SaidLine] = field(default_factory=list)
    day: Day | None = None
    awake: Sequence[str] = field(default_factory=list)
    """What is at work, for people; empty while nothing is."""


class Told(Struct, frozen=True, kw_only=True):
    """A vital on its way to other servers."""

    workspace: str
    owner: str
    vital: Vital


class Vitals:
    """One `Vital` a workspace."""

    def __init__(self, clock: Clock, hints: Hints) -> None:
        self._clock = clock
        self.carry: Callable[[Told], None] | None = None
        """Tells the other servers; None where there is one."""
        self._hints = hints
        self._held: OrderedDict[str, tuple[Vital, str]] = OrderedDict()
        self._version = int(clock.now() * 1000)

    def begin(self, instance: InstanceId, owner: str) -> None:
        """Take in that an instance is there, and whose it is; what an older one said is over."""
        known = self._held.get(instance.workspace)
        if known is None or known[0].instance != str(instance):
            self._keep(instance.workspace, Vital(str(instance)), owner)

    def take(self, name: str, observed: Observed) -> None:
        """Take in what the supervisor of an instance tells; who looks is told when it differs."""
        instance = parse_instance_id(name)
        known = self._held.get(instance.workspace) if instance else None
        if instance is None or known is None or known[0].instance != name:
            return
        before, owner = known
        told = _told(name, before.version, observed)
        if told == before:
            return
        # at least the moment: another server may have told of it before
        self._version = max(self._version + 1, int(self._clock.now() * 1000))
        vital = _told(name, self._version, observed)
        self._put(instance.workspace, vital, owner)
        if self.carry is not None:
            self.carry(Told(workspace=instance.workspace, owner=owner, vital=vital))

    def heard(self, told: Told) -> None:
        """Take in what a supervisor has told another server, unless something newer is known."""
        known = self._held.get(told.workspace)
        if known is None or _newer(told.vital, known[0]):
            self._version = max(self._version, told.vital.version)
            self._put(told.workspace, told.vital, told.owner)

    def all(self) -> list[Told]:
        """Return everything that is known."""
        return [
            Told(workspace=name, owner=owner, vital=vital)
            for name, (vital, owner) in self._held.items()
        ]

    def _put(self, workspace: str, vital: Vital, owner: str) -> None:
        self._keep(workspace, vital, owner)
        self._hints.offer(Hint(topic=VITALS, id=workspace, version=vital.version, owner=owner))

    def of(self, view: WorkspaceView) -> Vital | None:
        """Return what the newest instance of a workspace told, also after its end."""
        known = self._held.get(view.id)
        if known is None or view.instance is None or known[0].instance != view.instance.id:
            return None
        return known[0]

    def shown(self, view: WorkspaceView) -> WorkspaceView:
        """Return a workspace with what is at work in it, as long as it runs."""
        vital = self.of(view)
        if vital is None or view.phase is not Phase.RUNNING:
            return view
        return replace(view, awake=list(vital.awake))

    def _keep(self, workspace: str, vital: Vital, owner: str) -> None:
        self._held[workspace] = (vital, owner)
        self._held.move_to_end(workspace)
        while len(self._held) > MOST:
            self._held.popitem(last=False)


def _newer(told: Vital, known: Vital) -> bool:
    """Tell whether one comes after another: of a later start, or of the same and later."""
    theirs, ours = parse_instance_id(told.instance), parse_instance_id(known.instance)
    if theirs is None or ours is None:
        return False
    return (theirs.n, told.version) > (ours.n, known.version)


def without_vitals(observed: Observed) -> Observed:
    """Return a report without what is true only for a moment."""
    return replace(
        observed,
        version=0,
        started=0.0,
        shells=[],
        usage=None,
        git=None,
        more_git=[],
        git_final=False,
        said=[],
        awake=[],
        day=None,
    )


def _told(name: str, version: int, observed: Observed) -> Vital:
    return Vital(
        instance=name,
        version=version,
        terminals=[
            TerminalReport(id=_line(one.id, _NAME), title=_line(one.title, _NAME), last=one.last)
            for one in observed.shells[:_TERMINALS]
        ],
        usage=_usage(observed.usage),
        day=observed.day,
        git=states_of(observed),
        awake=[_line(one, _WORK) for one in observed.awake[:_AT_WORK]],
        said=[
            SaidLine(at=one.at, source=_line(one.source, _NAME), text=_line(one.text, _TEXT))
            for one in observed.said[-_LINES:]
        ],
    )


def _usage(told: Usage | None) -> Usage | None:
    if told is None or not told.folders:
        return told
    return replace(
        told, folders=[replace(one, path=_line(one.path, _TEXT)) for one in told.folders]
    )


def _line(text: str, longest: int) -> str:
    return "".join(one for one in text[:longest] if one.isprintable())
