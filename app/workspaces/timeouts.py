"""When a workspace that nobody uses stops: which timeout counts, and until when. Pure.

A timeout is a text in Go's spelling, as Gitpod has it, or `none`. The workspace's own
counts, else its owner's, else the installation's. It runs from the last activity that the
server was told of; both are moments of the server's clock, taken when the report came in,
and `Store` moves them along when that clock jumps. While no supervisor is connected nobody
could tell of activity, so nothing is concluded: see `least`.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.faults import Malformed
from kit.durations import seconds_of, words_of
from wire.agent import (
    EXTENDED_TIMEOUT,
    JOB_LIMIT,
    LEAST_TIMEOUT,
    MOST_TIMEOUT,
    NO_TIMEOUT,
    Activity,
)
from wire.phases import StopReason

WARNING = 5 * 60.0
"""Seconds before the stop in which people are told of it."""


class Source(StrEnum):
    """Who chose a timeout."""

    WORKSPACE = "workspace"
    PERSON = "person"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the installation says."""

    timeout: str = "30m"
    lifetime: str = NO_TIMEOUT
    """Longest time that a start may run, used or not."""
    starting: int = 4
    """Workspaces that a node may create at once."""
    job_limit: str = JOB_LIMIT
    """How long a command that only waits is work."""
    keep_deleted: float = 0.0
    """Seconds for which a deleted workspace can be restored; 0: its content goes at once."""
    archives: bool = False
    """Whether there are restore points, which an archived workspace is kept as."""


@dataclass(frozen=True, slots=True)
class Stop:
    """When it will be stopped, and why."""

    at: float
    reason: StopReason


@dataclass(frozen=True, slots=True)
class Choice:
    """A timeout that a page offers."""

    timeout: str
    title: str
    chosen: bool


_OFFERED = ("10m", "30m", "1h", "2h", "4h", "8h", "24h", NO_TIMEOUT)

_WHY = MappingProxyType(
    {
        Activity.START: "it has just started",
        Activity.TERMINAL: "a terminal was used",
        Activity.WORK: "programs were at work",
        Activity.PORT: "a port was opened",
        Activity.PERSON: "you asked for it",
        Activity.SSH: "somebody worked over ssh",
    }
)


def validated(text: str) -> str:
    """Return a timeout as it was written; raises Malformed for what is none."""
    wished = text.lower()
    if wished == NO_TIMEOUT:
        return wished
    cure = f"Write for example 30m, 2h or 1h30m: at most {MOST_TIMEOUT}; or {NO_TIMEOUT}."
    try:
        seconds = seconds_of(wished)
    except ValueError as error:
        raise Malformed("timeout_invalid", "Invalid timeout format", str(error), cure) from error
    if not seconds_of(LEAST_TIMEOUT) <= seconds <= seconds_of(MOST_TIMEOUT):
        detail = f"{wished} is not between {LEAST_TIMEOUT} and {MOST_TIMEOUT}."
        raise Malformed("timeout_invalid", "Invalid timeout format", detail, cure)
    return wished


def effective(workspace: str, person: str, installation: str) -> tuple[str, Source]:
    """Return the timeout that counts, and who chose it; an empty text chooses nothing."""
    if workspace:
        return workspace, Source.WORKSPACE
    if person:
        return person, Source.PERSON
    return installation, Source.INSTALLATION


def extended(timeout: str) -> str:
    """Return the timeout after `gp timeout extend`: three hours, never less than before."""
    now = limit_of(timeout)
    return EXTENDED_TIMEOUT if now is not None and now < seconds_of(EXTENDED_TIMEOUT) else timeout


def limit_of(timeout: str) -> float | None:
    """Return the seconds of a timeout; None is no limit."""
    return None if timeout in {"", NO_TIMEOUT} else seconds_of(timeout)


def stop_of(timeout: str, active_at: float | None, until: float | None) -> Stop | None:
    """Return when a running start stops; None while nothing ends it.

    `active_at` is the last activity, None when its supervisor tells of none; `until` the
    end of its lifetime.
    """
    limit = limit_of(timeout)
    idle = None if limit is None or active_at is None else active_at + limit
    if until is not None and (idle is None or until <= idle):
        return Stop(until, StopReason.LIFETIME)
    return None if idle is None else Stop(idle, StopReason.TIMED_OUT)


def least(timeout: str, active_at: float, now: float) -> float:
    """Return the last activity of a start whose supervisor was away and is back now.

    What was done meanwhile is not known, so at least the time of a warning is left;
    a moment in the future comes from a clock that was wrong.
    """
    limit = limit_of(timeout)
    if limit is None:
        return min(active_at, now)
    return min(max(active_at, now - max(limit - WARNING, 0.0)), now)


def choices(chosen: str, above: str, whose: str) -> list[Choice]:
    """Return what a page offers, with the timeout that is chosen now among it.

    `above` is the one that counts when none is chosen, if that is known, and `whose` says
    where it comes from.
    """
    offered = [*_OFFERED, *([] if chosen in {"", *_OFFERED} else [chosen])]
    none = Choice("", f"{_title(above)}, {whose}" if above else whose, not chosen)
    return [none, *(Choice(one, _title(one), one == chosen) for one in offered)]


def _title(timeout: str) -> str:
    limit = limit_of(timeout)
    return "never" if limit is None else words_of(limit)


def why(activity: str, editor: str) -> str:
    """Return what the last activity was, for people; `editor` is the name of theirs."""
    if activity == Activity.IDE:
        return f"{editor} was used"
    return _WHY.get(Activity(activity), "") if activity in set(Activity) else ""


def told(reason: StopReason, timeout: str, lifetime: str) -> str:
    """Return why it was stopped, for people."""
    match reason:
        case StopReason.TIMED_OUT:
            return f"no activity for {words_of(limit_of(timeout) or 0.0)}"
        case StopReason.LIFETIME:
            return f"it had run for {words_of(limit_of(lifetime) or 0.0)}, the longest time here"
        case StopReason.ENDED_INSIDE:
            return "it was ended from inside, as gp stop does"
        case StopReason.REQUESTED:
            return "somebody stopped it"
        case StopReason.DELETED:
            return "it is being deleted"
        case StopReason.FAILED:
            return "it failed"
        case StopReason.FORCED:
            return "it was given up by force"
