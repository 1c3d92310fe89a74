"""Restore points of a workspace: what they are, what a backup's state is, what restic says. Pure.

A point is a snapshot of restic with tags that say what it is: its id, the instance that was
the newest, and how much was in the tree. Tags travel with the repository, so another node
reads the same; what only a backup itself knows (new and changed files) stays in a file
beside the repository.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from daemon.core.faults import Fault
from wire.ids import parse_instance_id

KEY_LENGTH: Final = 32
"""Bytes of a repository's key."""
_STEPS: Final = {
    "looking": "looking for changes",
    "writing": "writing",
    "verifying": "reading back",
    "repairing": "repairing the restore points",
}
_ID = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)
_FRACTION = re.compile(r"\.(\d+)")


class State(StrEnum):
    """What the newest backup is; the words of the wire."""

    ABSENT = "absent"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Point(Struct, frozen=True, kw_only=True):
    """One restore point, as `points.json` keeps it."""

    point: str
    time: float
    """Seconds since 1970; all that was written before is in it."""
    snapshot: str = ""
    """Id of restic's snapshot, 64 digits."""
    instance: str = ""
    files: int = 0
    bytes: int = 0
    files_new: int = 0
    files_changed: int = 0
    added: int = 0
    verified: bool = False
    left: bool = False
    """It was left behind: the workspace had gone on elsewhere."""


class Book(Struct, frozen=True, kw_only=True):
    """What a node knows of a repository; anything of it may be lost."""

    points: dict[str, Point] = {}
    fingerprint: str = ""
    """Of the tree as the newest verified point has it; empty when that is not known."""
    newest: str = ""
    """Id of that point."""
    lacking: list[str] = []
    """Ids of points that have lost some of what they held."""
    checked: float = 0.0
    """When a share of what is stored was read again, in seconds since 1970."""
    turn: int = 0
    """Which share is next."""
    pruning: bool = False
    """Files are being taken out: some that were read back may be gone."""
    damaged: bool = False
    """Something of the repository was found to be damaged, and is to be mended."""
    doubted: int = 0
    """How often all of it was read because of a failure that nobody knows, and was whole."""
    doubted_at: float = 0.0
    """When it was last, in seconds since 1970."""


SHARES: Final = 8
"""Of a repository; one of them is read again at each check."""


def reread(book: Book, verified: list[str], every: float, now: float) -> list[str] | None:
    """Return what of the known files is not to be read again; None when no check is due.

    `every` is in seconds, 0 is never. A check in the time to come is one of a clock that was
    set back.
    """
    if not every or 0 <= now - book.checked < every:
        return None
    return [one for one in verified if int(one[:2], 16) % SHARES != book.turn % SHARES]


_DOUBTS: Final = (0.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""Seconds between two times that all is read."""


def doubt_in(book: Book, now: float) -> float:
    """Return the seconds until a failure that nobody knows has all of a repository read again.

    It may be a damaged one that is meant, in words that are not known. 0 is now.
    """
    pause = _DOUBTS[min(book.doubted, len(_DOUBTS) - 1)]
    since = now - book.doubted_at
    return pause - since if 0 <= since < pause else 0.0


class Status(Struct, frozen=True, kw_only=True):
    """What a caller is told of the newest backup of a workspace."""

    workspace: str
    point: str
    state: State
    progress: str = ""
    done: int = 0
    """Bytes that were gone through."""
    total: int = 0
    """Of so many; 0 while that is not known."""
    fault: Fault | None = None
    took: float = 0.0
    made: Point | None = None
    lacking: list[str] = []
    """Points of the workspace that have lost some of what they held."""


class Snapshot(Struct, frozen=True):
    """A snapshot as `restic snapshots --json` lists it."""

    id: str
    time: str
    tree: str = ""
    tags: list[str] = []


def is_point_id(text: str) -> bool:
    """Tell whether a restore point, or a wish to restore, may be called that."""
    return _ID.fullmatch(text) is not None


def tags_of(point: str, instance: str, *, left: bool = False) -> list[str]:
    """Return what a snapshot is marked with before its files are counted."""
    return [f"point:{point}", f"instance:{instance}", *(["left:1"] if left else [])]


def points_of(snapshots: bytes, known: dict[str, Point]) -> list[Point]:
    """Return the points among restic's snapshots (JSON), oldest first.

    Of two snapshots of one point, which a crash between making and telling can leave, the
    older counts. Raises ValueError for what is not restic's.
    """
    found: dict[str, Point] = {}
    listed = msgspec.json.decode(snapshots, type=list[Snapshot] | None) or []
    for one in sorted(listed, key=lambda each: seconds_of(each.time)):
        point = _point_of(one, known)
        if point is not None:
            found.setdefault(point.point, point)
    return list(found.values())


def _point_of(snapshot: Snapshot, known: dict[str, Point]) -> Point | None:
    said = dict(tag.split(":", 1) for tag in snapshot.tags if ":" in tag)
    name, instance = said.get("point", ""), said.get("instance", "")
    if not is_point_id(name):
        return None
    noted = known.get(name)
    if noted is not None and noted.snapshot == snapshot.id:
        return noted
    return Point(
        point=name,
        time=seconds_of(snapshot.time),
        snapshot=snapshot.id,
        instance=instance if parse_instance_id(instance) else "",
        files=_number(said.get("files", "")),
        bytes=_number(said.get("bytes", "")),
        left="left" in said,
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def seconds_of(time: str) -> float:
    """Return seconds since 1970 of a time as Go spells it. Raises ValueError."""
    short = _FRACTION.sub(lambda found: f".{found[1][:6]:<06}", time)
    return datetime.fromisoformat(short).timestamp()


def working(workspace: str, point: str, line: dict[str, Any]) -> Status:
    """Return how far a backup is, as its process has told."""
    return Status(
        workspace=workspace,
        point=point,
        state=State.WORKING,
        progress=_STEPS.get(line["step"], line["step"]),
        done=line.get("done", 0),
        total=line.get("total", 0),
    )


def newest(points: Sequence[Point]) -> Point | None:
    """Return the newest point."""
    return max(points, key=lambda one: one.time, default=None)
