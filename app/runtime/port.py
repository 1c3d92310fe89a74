"""The ports `Runtime`, `Content` and `Dial`, and the values they take and give.

Adapters: `app/runtime/node.py` (the workspace daemon of one machine), `app/runtime/pods.py`
(pods of a cluster, for `Runtime`) and `app/runtime/fake.py` (in memory, ships in the package).
Every call is an idempotent "make sure that": it returns at once with what is,
long work goes on behind it, and `watch` tells when something moved. A call with
an instance number smaller than one seen before raises `Fenced`.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from wire.ids import InstanceId
from wire.problems import Problem


class ContainerState(StrEnum):
    """What a container does."""

    ABSENT = "absent"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    EXITED = "exited"
    FAILED = "failed"


class ContentState(StrEnum):
    """What a workspace's tree on a node is."""

    ABSENT = "absent"
    WORKING = "working"
    READY = "ready"
    SEALED = "sealed"
    FAILED = "failed"


class Kind(StrEnum):
    """What an instance is for."""

    WORKSPACE = "workspace"
    IMAGE_BUILD = "imagebuild"
    """Ends by itself; its first process builds an image and tells the server."""


class Spec(Struct, frozen=True, kw_only=True):
    """What a container is made of: digests and names, no paths."""

    image: str
    supervisor: str
    ide: str
    jupyterlab: str = ""
    """Tree beside the IDE's; empty where it is not built."""
    workspace_class: str
    token: str
    """Instance token, 256 bit, base64url."""
    kind: Kind = Kind.WORKSPACE
    base: str = ""
    """Of an image build: the image of this installation that it begins with, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a clone may show to its host; a dataclass, since those can keep secrets from `repr`."""

    username: str = ""
    password: str = field(default="", repr=False)
    ssh_key: str = field(default="", repr=False)
    """Private key as a file's text."""
    known_hosts: tuple[str, ...] = ()
    """Lines of a known_hosts file: the keys under which the host was accepted."""


class Download(Struct, frozen=True, kw_only=True):
    """A file by its URL, which counts only with its digest."""

    url: str
    path: str
    digest: str


class Initializer(Struct, frozen=True, kw_only=True):
    """Where a tree comes from."""

    url: str
    ref: str
    folder: str
    image: str
    place: bool = False
    """The ref is a place: what follows a branch, tag or commit in it is a folder or file."""
    path: str = ""
    """Folder or file that the ref was asked for with."""
    partial: bool = False
    """Old versions of files stay on the git host until somebody looks at them."""
    snapshot: str = ""
    """What it begins as, in place of a clone."""
    prebuild: str = ""
    """Frozen tree of the same repository that it begins as, brought to what the ref is now; where
    it is not there, or is of no use, the repository is cloned."""
    downloads: tuple[Download, ...] = ()
    """Files beside the repository."""
    workspace_class: str = ""
    """As in `Spec`; says how large its disk is. Empty for the node's own choice."""
    fresh: bool
    """True only while the workspace never had content; a missing tree is a fault otherwise."""
    left: int = 0
    """Number of the newest start that has written to the tree, on whatever node; 0 for none: a
    node whose tree is older refuses it."""
    credentials: Credentials = Credentials()
    """Of the workspace's owner, for the URL's host; only for a fresh one."""


class Container(Struct, frozen=True, kw_only=True):
    """An instance's container as the runtime sees it."""

    instance: InstanceId
    state: ContainerState
    problem: Problem | None = None
    exit_code: int | None = None
    out_of_memory: bool = False
    took: float = 0.0
    """Seconds of the last start or stop."""
    at: str = ""
    """Address and port where its supervisor is reached over a network; empty where it is not."""


class ContentStatus(Struct, frozen=True, kw_only=True):
    """A workspace's tree as its node sees it; `instance` opened it last."""

    instance: InstanceId
    state: ContentState
    revision: str = ""
    branch: str = ""
    path: str = ""
    """File, or folder with a slash behind it, that was asked for and is there."""
    config: str = ""
    """The beginning of .gitpod.yml as it was cloned."""
    restored: str = ""
    """Id of the restore that the tree came from last."""
    progress: str = ""
    done: int = 0
    """Bytes that have come, and below of how many; 0 while that is not known."""
    total: int = 0
    problem: Problem | None = None
    took: float = 0.0


class Looked(Struct, frozen=True, kw_only=True):
    """What is at a path of a commit."""

    id: str = ""
    """Of git's object; empty when there is none, or a link."""
    folder: bool = False
    text: str = ""
    """The beginning of a file."""


class Observation(Struct, frozen=True, kw_only=True):
    """A change, or with `complete` the whole of what a runtime holds."""

    containers: list[Container]
    contents: list[ContentStatus]
    complete: bool = False


class Fenced(Exception):
    """A newer instance of the workspace exists; the caller is behind."""


class Unreachable(Exception):
    """The node did not answer; nothing is known, nothing was changed for sure."""


class Refused(Exception):
    """The node understood and will not now, e.g. a discard while a container lives."""


class Runtime(Protocol):
    """Containers of instances."""

    async def apply(self, instance: InstanceId, spec: Spec) -> Container:
        """Make sure that the container runs."""
        ...

    async def delete(self, instance: InstanceId, grace: float) -> Container:
        """Make sure that the container is gone; `grace` seconds between TERM and KILL.

        Never fenced, since it only ends things; ends a prepare of the instance too.
        """
        ...

    async def list(self) -> Observation:
        """Return everything (`complete`)."""
        ...

    def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield everything first, then changes; ends or raises `Unreachable` when cut."""
        ...


class Content(Protocol):
    """Trees of workspaces."""

    async def prepare(self, instance: InstanceId, initializer: Initializer) -> ContentStatus:
        """Make sure that the tree is in place and open for this instance."""
        ...

    async def look(
        self, instance: InstanceId, revision: str, paths: Sequence[str]
    ) -> Sequence[Looked]:
        """Return what is at paths of a commit, in their order.

        Raises Refused unless the tree is open for this instance and has no container yet.
        """
        ...

    async def seal(self, instance: InstanceId) -> ContentStatus:
        """Make sure that every byte is safe on the node; needs the container gone."""
        ...

    async def discard(self, workspace: str, n: int) -> int:
        """Free the content for good; returns the bytes freed. Absent is success.

        Raises Refused while a container of the workspace lives.
        """
        ...


class Dial(Protocol):
    """A connection to a port of an instance."""

    async def dial(self, instance: InstanceId, port: int) -> int:
        """Return a connected TCP socket's descriptor, the caller's to close.

        Raises ConnectionRefusedError when nothing listens.
        """
        ...
