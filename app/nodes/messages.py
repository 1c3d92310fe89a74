"""What a daemon says, as plain values: protobuf stays behind this line.

States are the words of `wire/proto/node.proto` in lower case without their
prefix (`running`, `ready`); an unknown one, from a newer daemon, raises ValueError.
"""

from msgspec import Struct, field

from wire.proto import node_pb2


class NodeFault(Struct, frozen=True, kw_only=True):
    """Why something failed: stable code, title, cause, cure."""

    code: str
    title: str
    detail: str
    cure: str
    subject: dict[str, str] = field(default_factory=dict)


class NodeContainer(Struct, frozen=True, kw_only=True):
    """A container as the daemon sees it."""

    instance: str
    state: str
    fault: NodeFault | None
    exit_code: int
    out_of_memory: bool
    took: float


class NodeContent(Struct, frozen=True, kw_only=True):
    """A tree as the daemon sees it."""

    instance: str
    state: str
    revision: str
    branch: str
    path: str
    config: str
    progress: str
    fault: NodeFault | None
    took: float
    restored: str = ""
    done: int = 0
    total: int = 0


class NodeImage(Struct, frozen=True, kw_only=True):
    """An image as the daemon sees it."""

    image: str
    state: str
    progress: str
    fault: NodeFault | None
    took: float


class NodeHeld(Struct, frozen=True, kw_only=True):
    """What a node says when it is granted time: its clock, and the bytes that are free."""

    boot: str
    now: float
    free: int
    until: float
    """The newest moment that it was granted; 0 when none was."""


class NodeLooked(Struct, frozen=True, kw_only=True):
    """What is at a path of a commit."""

    id: str
    folder: bool
    text: str


class NodeReport(Struct, frozen=True, kw_only=True):
    """A change, or with `complete` everything."""

    containers: list[NodeContainer]
    contents: list[NodeContent]
    complete: bool = False


def container_of(message: node_pb2.Container) -> NodeContainer:
    """Read a container."""
    return NodeContainer(
        instance=message.instance,
        state=word(node_pb2.ContainerState.Name(message.state), "CONTAINER_"),
        fault=fault_of(message.fault) if message.HasField("fault") else None,
        exit_code=message.exit_code,
        out_of_memory=message.out_of_memory,
        took=message.took,
    )


def content_of(message: node_pb2.Content) -> NodeContent:
    """Read a tree."""
    return NodeContent(
        instance=message.instance,
        state=word(node_pb2.ContentState.Name(message.state), "CONTENT_"),
        revision=message.revision,
        branch=message.branch,
        path=message.path,
        config=message.config,
        restored=message.restored,
        progress=message.progress.text,
        done=message.progress.bytes,
        total=message.progress.total,
        fault=fault_of(message.fault) if message.HasField("fault") else None,
        took=message.took,
    )


def image_of(message: node_pb2.Image) -> NodeImage:
    """Read an image."""
    return NodeImage(
        image=message.image,
        state=word(node_pb2.ImageState.Name(message.state), "IMAGE_"),
        progress=message.progress.text,
        fault=fault_of(message.fault) if message.HasField("fault") else None,
        took=message.took,
    )


def list_of(message: node_pb2.ListReply) -> NodeReport:
    """Read everything that a node holds."""
    return NodeReport(
        containers=[container_of(one) for one in message.containers],
        contents=[content_of(one) for one in message.contents],
        complete=True,
    )


def report_of(message: node_pb2.WatchReply) -> NodeReport:
    """Read one message of the watch; an unknown kind is an empty change."""
    match message.WhichOneof("item"):
        case "all":
            return list_of(message.all)
        case "container":
            return NodeReport(containers=[container_of(message.container)], contents=[])
        case "content":
            return NodeReport(containers=[], contents=[content_of(message.content)])
        case _:
            return NodeReport(containers=[], contents=[])


def word(name: str, prefix: str) -> str:
    """Return a state's word."""
    return name.removeprefix(prefix).lower()


def fault_of(message: node_pb2.Fault) -> NodeFault:
    """Read a fault."""
    return NodeFault(
        code=message.code,
        title=message.title,
        detail=message.detail,
        cure=message.cure,
        subject=dict(message.subject),
    )
