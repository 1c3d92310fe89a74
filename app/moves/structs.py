"""What the API gives and takes about nodes and moves. Times are seconds since 1970."""

from msgspec import Struct

from wire.problems import Problem


class NodeView(Struct, frozen=True, kw_only=True):
    """A node."""

    name: str
    address: str
    """Socket of its daemon; empty for the local one."""
    answers: bool
    draining: bool
    lost: bool
    """Somebody has said that its machine is off for good, and it has not answered since."""
    seen: float | None
    """When it answered last."""
    free: int | None
    """Bytes of its disk; None while they are not known."""
    workspaces: int
    """Whose files are there."""
    running: int
    """Of these, how many run, or start or stop."""
    snapshots: int
    """Whose files are there alone."""
    left: int
    """Trees that it still has of workspaces that have moved away."""
    stuck: dict[str, str]
    """Workspace → why it does not move while the node is being emptied, or why its files are not
    restored there yet."""


class NodeList(Struct, frozen=True, kw_only=True):
    """Every node."""

    nodes: list[NodeView]


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Whether a workspace may start on another node, and with what."""

    node: str
    """Where it is."""
    answers: bool
    """Whether that node does: then it starts there."""
    point: str = ""
    """Restore point that it would go on from."""
    made: float | None = None
    """All that was written before is in it; what was written later is on the lost node alone."""
    wait: float | None = None
    """Seconds until its node has stopped by itself: before, nothing starts elsewhere."""
    problem: Problem | None = None
    """Why it cannot, or cannot yet."""
