"""The life of one container on this node: data plus one function.

    absent → starting → running → exited        the runtime's own way
                 ↓                   ↓
               failed            stopping → absent   on Delete, from every state

A dead or failed instance is never started again under the same number: the
server makes the next instance. So Apply only acts on `absent`.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct, structs

from daemon.core.faults import Fault, fault
from wire.ids import InstanceId


class State(StrEnum):
    """What a container does; the words of the wire."""

    ABSENT = "absent"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    EXITED = "exited"
    FAILED = "failed"

    @property
    def alive(self) -> bool:
        """Whether processes of the container may exist."""
        return self in _ALIVE


_ALIVE: Final = frozenset({State.STARTING, State.RUNNING, State.STOPPING})


class Event(StrEnum):
    """What can happen to a container."""

    APPLY = "apply"
    STARTED = "started"
    START_FAILED = "start_failed"
    DIED = "died"
    DELETE = "delete"
    GONE = "gone"


class Action(StrEnum):
    """What the shell does about it."""

    START = "start"
    STOP = "stop"
    FORGET = "forget"
    NOTHING = "nothing"


_TABLE: Final[dict[tuple[State, Event], tuple[State, Action]]] = {
    (State.ABSENT, Event.APPLY): (State.STARTING, Action.START),
    (State.STARTING, Event.STARTED): (State.RUNNING, Action.NOTHING),
    (State.STARTING, Event.START_FAILED): (State.FAILED, Action.NOTHING),
    (State.STARTING, Event.DIED): (State.EXITED, Action.NOTHING),
    (State.RUNNING, Event.DIED): (State.EXITED, Action.NOTHING),
    (State.ABSENT, Event.DELETE): (State.STOPPING, Action.STOP),
    (State.STARTING, Event.DELETE): (State.STOPPING, Action.STOP),
    (State.RUNNING, Event.DELETE): (State.STOPPING, Action.STOP),
    (State.EXITED, Event.DELETE): (State.STOPPING, Action.STOP),
    (State.FAILED, Event.DELETE): (State.STOPPING, Action.STOP),
    (State.STOPPING, Event.GONE): (State.ABSENT, Action.FORGET),
}


def decide(state: State, event: Event) -> tuple[State, Action]:
    """Return the next state and what to do; a pair that means nothing changes nothing."""
    return _TABLE.get((state, event), (state, Action.NOTHING))


class Status(Struct, frozen=True, kw_only=True):
    """What a caller is told."""

    instance: InstanceId
    state: State
    pid: int = 0
    fault: Fault | None = None
    exit_code: int = -1
    """-1 when nobody can know: the container outlived the daemon that started it."""
    out_of_memory: bool = False
    took: float = 0.0


def died(status: Status, exit_code: int, *, out_of_memory: bool, detail: str = "") -> Status:
    """Return the status of a container whose first process has ended by itself.

    One that ran and ended well has no fault: somebody inside asked for the end.
    """
    state, _action = decide(status.state, Event.DIED)
    code = "out_of_memory" if out_of_memory else "container_died"
    told = detail or ("" if exit_code < 0 else f"exit code {exit_code}")
    well = state is State.EXITED and exit_code == 0 and not out_of_memory
    return structs.replace(
        status,
        state=state,
        pid=0,
        fault=None if well else fault(code, told),
        exit_code=exit_code,
        out_of_memory=out_of_memory,
    )
