"""What a caller may ask for, parsed: ids, digests and class names, nothing else.

A request that does not parse is a fault of the caller (`Refused`), not of the
workspace. URL and ref are checked later, in `clone`, because there the person
who typed them is to be told.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from daemon.core.classes import DEFAULT, Limits, limits_of
from daemon.core.credentials import NONE, Credentials
from daemon.core.downloads import Download, downloads_of
from daemon.core.points import is_point_id
from daemon.core.refused import Refused
from kit.oci.core.digests import is_digest
from wire.ids import InstanceId, is_workspace_id, parse_instance_id

_DIGEST = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:+-]{0,127}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]{1,512}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_MOST_PATHS = 100
_LONGEST_PATH = 1024
_FOLDER = re.compile(r"[^-\x00-\x1f\x7f/][^\x00-\x1f\x7f/]{0,127}")
_SOURCE = re.compile(
    r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+", re.ASCII
)
_LONGEST_SOURCE = 255
IMAGE_BUILD = "imagebuild"
_KINDS = frozenset({"", "workspace", IMAGE_BUILD})
_OURS = (".podium", ".docker-root")
_MOST_GRACE = 600.0


@dataclass(frozen=True, slots=True)
class PrepareOrder:
    """Where the tree of an instance comes from."""

    instance: InstanceId
    fresh: bool
    url: str
    ref: str
    image: str
    folder: str
    place: bool = False
    path: str = ""
    credentials: Credentials = NONE
    partial: bool = False
    left: int = 0
    """Newest instance that is known to have written to the tree, on whatever node; 0 for none."""
    disk: int = 0
    """Bytes that its tree may take."""
    snapshot: str = ""
    """Frozen tree that it begins as, in place of a clone."""
    prebuild: str = ""
    """Frozen tree that it begins as, with what url and ref lead to now fetched into it."""
    downloads: tuple[Download, ...] = ()
    """Files beside the repository."""


@dataclass(frozen=True, slots=True)
class ApplyOrder:
    """What the container of an instance is made of."""

    instance: InstanceId
    image: str
    supervisor: str
    ide: str
    limits: Limits
    token: str = field(repr=False)
    jupyterlab: str = ""
    """Empty for none."""
    base: str | None = None
    """Of an image build: the image that it begins with, empty for none of this installation's."""


@dataclass(frozen=True, slots=True)
class LookOrder:
    """What is looked at in the repository of an instance."""

    instance: InstanceId
    revision: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """An image that an instance waits for."""

    instance: InstanceId
    image: str
    """Digest of its manifest, or of the index that leads to it."""
    source: str
    """What the registry facade calls the repository it is in."""


def instance_of(text: str) -> InstanceId:
    """Return the instance id. Raises Refused."""
    instance = parse_instance_id(text)
    if instance is None:
        raise Refused("instance must be <workspace>.<n>")
    return instance


def workspace_of(text: str) -> str:
    """Return the workspace id. Raises Refused."""
    if not is_workspace_id(text):
        raise Refused("workspace must be a workspace id")
    return text


def prepare_order(
    instance: str,
    *,
    fresh: bool,
    url: str,
    ref: str,
    image: str,
    folder: str,
    place: bool = False,
    path: str = "",
    credentials: Credentials = NONE,
    partial: bool = False,
    left: int = 0,
    workspace_class: str = "",
    snapshot: str = "",
    prebuild: str = "",
    downloads: Sequence[tuple[str, str, str]] = (),
) -> PrepareOrder:
    """Return the order of a Prepare call. Raises Refused."""
    if _FOLDER.fullmatch(folder) is None or folder in {".", ".."} or folder.startswith(_OURS):
        raise Refused("folder must be one plain path segment")
    if not all(map(is_point_id, filter(None, (snapshot, prebuild)))):
        raise Refused("snapshot and prebuild must be 1 to 64 of [0-9a-z-]")
    if snapshot and prebuild:
        raise Refused("a tree begins as a snapshot or a prebuild, not as both")
    if prebuild and partial:
        raise Refused("a prebuild is renewed from a whole repository")
    if not credentials.fit:
        raise Refused("credentials must be plain lines")
    limits = limits_of(workspace_class or DEFAULT)
    if limits is None:
        raise Refused("workspace_class is not known")
    return PrepareOrder(
        instance_of(instance),
        fresh,
        url,
        ref,
        _digest(image, "image"),
        folder,
        place,
        path,
        credentials,
        partial,
        left,
        limits.disk,
        snapshot,
        prebuild,
        downloads_of(downloads, folder),
    )


def apply_order(
    instance: str,
    *,
    image: str,
    supervisor: str,
    ide: str,
    workspace_class: str,
    token: str,
    jupyterlab: str = "",
    kind: str = "",
    base: str = "",
    without_containers: Collection[str] = (),
) -> ApplyOrder:
    """Return the order of an Apply call. Raises Refused."""
    if kind not in _KINDS or (base and kind != IMAGE_BUILD):
        raise Refused("kind must be workspace or imagebuild, and only the latter has a base")
    limits = limits_of(workspace_class, without_containers)
    if limits is None:
        raise Refused("workspace_class is not known")
    if _TOKEN.fullmatch(token) is None:
        raise Refused("token must be 1 to 512 printable characters")
    return ApplyOrder(
        instance_of(instance),
        _digest(image, "image"),
        _digest(supervisor, "supervisor"),
        _digest(ide, "ide"),
        limits,
        token,
        _digest(jupyterlab, "jupyterlab") if jupyterlab else "",
        (_digest(base, "base") if base else "") if kind == IMAGE_BUILD else None,
    )


def fetch_order(instance: str, *, image: str, source: str) -> FetchOrder:
    """Return the order of a Fetch call. Raises Refused."""
    if not is_digest(image):
        raise Refused("image must be sha256: and 64 digits")
    if len(source) > _LONGEST_SOURCE or _SOURCE.fullmatch(source) is None:
        raise Refused("source must be a name of the registry facade")
    return FetchOrder(instance_of(instance), image, source)


def look_order(instance: str, revision: str, paths: Sequence[str]) -> LookOrder:
    """Return the order of a Look call. Raises Refused."""
    if _COMMIT.fullmatch(revision) is None:
        raise Refused("revision must be a full commit id")
    if len(paths) > _MOST_PATHS or not all(map(_is_inside, paths)):
        raise Refused("paths must be some plain relative paths")
    return LookOrder(instance_of(instance), revision, tuple(paths))


def _is_inside(path: str) -> bool:
    parts = path.split("/") if path else []
    plain = all(part not in {"", ".", ".."} for part in parts)
    return plain and len(path) <= _LONGEST_PATH and path.isprintable()


def grace_of(seconds: float) -> float:
    """Return the seconds between TERM and KILL, between 0 and 600."""
    return min(max(0.0, seconds), _MOST_GRACE)


def _digest(text: str, name: str) -> str:
    if _DIGEST.fullmatch(text) is None or ".." in text:
        raise Refused(f"{name} must be a digest")
    return text
