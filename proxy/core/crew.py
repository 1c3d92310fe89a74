"""Which worker processes there should be: who starts, who leaves, who has died. Pure.

A slot is one worker's place. Renewing fills one slot after the other: a relief starts beside
the worker that serves, and only when it says that it is ready is the old one told to leave.
A relief that does not get ready is given up, and the old workers stay.
"""

from dataclasses import dataclass, field
from enum import Enum

from kit.restarts import Restarts

READY_LIMIT = 30.0
"""Seconds for a worker to say that it is ready."""
LEAVE_MARGIN = 10.0
"""Seconds beyond its own deadline for a worker that leaves."""
END_LIMIT = 6.0
"""Seconds between TERM and KILL when everything ends; the launcher waits eight."""


class Stage(Enum):
    """How far a worker is."""

    STARTING = 1
    SERVING = 2
    LEAVING = 3


@dataclass(frozen=True, slots=True)
class Start:
    """Start this worker for a slot; a `relief` is ready only when it knows every route."""

    worker: int
    slot: int
    relief: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """Tell a worker that others serve now."""

    worker: int


@dataclass(frozen=True, slots=True)
class End:
    """Tell a worker that nobody serves any more."""

    worker: int


@dataclass(frozen=True, slots=True)
class Kill:
    """Its time is over."""

    worker: int


Action = Start | Leave | End | Kill


@dataclass
class _Worker:
    number: int
    since: float
    stage: Stage = Stage.STARTING
    limit: float = float("inf")


@dataclass
class _Slot:
    current: _Worker | None = None
    relief: _Worker | None = None
    stale: bool = False
    restarts: Restarts = field(default_factory=Restarts)
    not_before: float = 0.0


class Crew:
    """`size` slots; `drain` is how long a worker that leaves may take, in seconds."""

    def __init__(self, size: int, drain: float) -> None:
        self._slots = [_Slot() for _ in range(size)]
        self._leaving: dict[int, _Worker] = {}
        self._drain = drain
        self._number = 0
        self._ending = False
        self._actions: list[Action] = []

    @property
    def done(self) -> bool:
        """Whether everything has ended that had to."""
        return self._ending and not self._all()

    @property
    def serving(self) -> bool:
        """Whether anybody serves."""
        return any(one.stage is Stage.SERVING for one in self._all())

    @property
    def renewing(self) -> bool:
        """Whether workers are being renewed."""
        return any(slot.stale for slot in self._slots)

    def tend(self, now: float) -> list[Action]:
        """Return what to do now."""
        for worker in self._all():
            if now >= worker.limit:
                worker.limit = now + READY_LIMIT  # a killed one is told to us as dead
                self._actions.append(Kill(worker.number))
        if not self._ending:
            for number, slot in enumerate(self._slots):
                if slot.current is None and now >= slot.not_before:
                    slot.current, slot.stale = self._start(number, now, relief=False), False
            self._renew_next(now)
        taken, self._actions = self._actions, []
        return taken

    def next_look(self, now: float) -> float:
        """Return the seconds until `tend` may have something to do."""
        times = [worker.limit for worker in self._all()]
        if not self._ending:
            times += [slot.not_before for slot in self._slots if slot.current is None]
        return max(0.0, min(times, default=float("inf")) - now)

    def ready(self, number: int) -> None:
        """Note that a worker serves."""
        for slot in self._slots:
            if slot.relief is not None and slot.relief.number == number:
                old, slot.current, slot.relief = slot.current, slot.relief, None
                slot.stale = False
                assert old is not None
                self._leave(old, slot.current.since)
            if slot.current is not None and slot.current.number == number:
                slot.current.stage, slot.current.limit = Stage.SERVING, float("inf")

    def died(self, number: int, now: float) -> float | None:
        """Note a worker's death; returns the pause before another starts when that is wanted."""
        self._leaving.pop(number, None)
        for slot in self._slots:
            if slot.relief is not None and slot.relief.number == number:
                slot.relief = None
                self.give_up()
            elif slot.current is not None and slot.current.number == number:
                slot.restarts = slot.restarts.died(now - slot.current.since)
                slot.current, slot.relief = slot.relief, None
                if slot.current is None:
                    slot.not_before = now + slot.restarts.pause
                    return slot.restarts.pause
                slot.stale = False
        return None

    def renew(self) -> None:
        """Replace every worker by a fresh one."""
        for slot in self._slots:
            slot.stale = not self._ending

    def give_up(self) -> None:
        """Keep the workers that there are."""
        for slot in self._slots:
            slot.stale = False

    def end(self, now: float) -> None:
        """End all of them."""
        self._ending = True
        self.give_up()
        for worker in self._all():
            worker.limit = min(worker.limit, now + END_LIMIT)
            self._actions.append(End(worker.number))

    # --- ---

    def _renew_next(self, now: float) -> None:
        """Start a relief for the next slot, one at a time, where somebody serves."""
        if any(slot.relief is not None for slot in self._slots):
            return
        for number, slot in enumerate(self._slots):
            current = slot.current
            if slot.stale and current is not None and current.stage is Stage.SERVING:
                slot.relief = self._start(number, now, relief=True)
                return

    def _start(self, slot: int, now: float, *, relief: bool) -> _Worker:
        self._number += 1
        self._actions.append(Start(self._number, slot, relief))
        return _Worker(self._number, now, limit=now + READY_LIMIT)

    def _leave(self, worker: _Worker, now: float) -> None:
        worker.stage = Stage.LEAVING
        worker.limit = now + READY_LIMIT + self._drain + LEAVE_MARGIN
        self._leaving[worker.number] = worker
        self._actions.append(Leave(worker.number))

    def _all(self) -> list[_Worker]:
        held = [one for slot in self._slots for one in (slot.current, slot.relief) if one]
        return [*held, *self._leaving.values()]
