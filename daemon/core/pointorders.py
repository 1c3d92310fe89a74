"""What a caller may ask for about restore points, parsed as in `orders`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.core.excludes import excludes_of
from daemon.core.frozen import FreezeOrder
from daemon.core.orders import instance_of, workspace_of
from daemon.core.points import KEY_LENGTH, is_point_id
from daemon.core.refused import Refused
from wire.ids import InstanceId

_MOST_POINTS = 1000
_LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class Repository:
    """A workspace's repository, and the key to it."""

    workspace: str
    key: str = field(repr=False)
    """64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """A restore point that is to be."""

    instance: InstanceId
    repository: Repository
    point: str
    excludes: list[str]
    always: bool = False
    left: bool = False
    """The workspace has gone on elsewhere; the point is marked so, wherever it is read."""


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """A point that a tree is to be as, and the id of the wish."""

    instance: InstanceId
    restore: str
    repository: Repository
    point: str


def repository_of(workspace: str, key: bytes) -> Repository:
    """Return the repository. Raises Refused."""
    if len(key) != KEY_LENGTH:
        raise Refused(f"key must be {KEY_LENGTH} bytes")
    return Repository(workspace_of(workspace), key.hex())


def point_of(text: str, name: str = "point") -> str:
    """Return the id. Raises Refused."""
    if not is_point_id(text):
        raise Refused(f"{name} must be 1 to 64 of [0-9a-z-]")
    return text


def points_of(texts: Sequence[str]) -> list[str]:
    """Return the ids. Raises Refused."""
    if len(texts) > _MOST_POINTS:
        raise Refused(f"at most {_MOST_POINTS} points")
    return [point_of(one) for one in texts]


def path_of(path: bytes) -> bytes:
    """Return a path inside a point without slashes at its ends. Raises Refused."""
    path = path.strip(b"/")
    parts = path.split(b"/") if path else []
    if b"\0" in path or len(path) > _LONGEST_PATH or {b"", b".", b".."} & set(parts):
        raise Refused("path must be a plain path")
    return path


def backup_order(
    instance: str,
    *,
    point: str,
    key: bytes,
    excludes: Sequence[str],
    always: bool,
    left: bool = False,
) -> BackupOrder:
    """Return the order of a Backup call. Raises Refused."""
    which = instance_of(instance)
    repository = repository_of(which.workspace, key)
    return BackupOrder(which, repository, point_of(point), excludes_of(excludes), always, left)


def freeze_order(instance: str, snapshot: str) -> FreezeOrder:
    """Return the order of a Freeze call. Raises Refused."""
    return FreezeOrder(instance_of(instance), point_of(snapshot, "snapshot"))


def restore_order(
    instance: str, *, restore: str, repository: Repository, point: str
) -> RestoreOrder:
    """Return the order of a Restore call. Raises Refused."""
    which = instance_of(instance)
    return RestoreOrder(which, point_of(restore, "restore"), repository, point_of(point))
