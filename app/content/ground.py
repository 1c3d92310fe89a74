"""What every part stands on that works over rows and a node's points."""

from dataclasses import dataclass

from app.content.policy import Policy
from app.content.progress import Progresses
from app.content.repositories import Repositories
from app.runtime.points import Points
from app.workspaces.store import Store


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows, the node, the keys of its repositories, what is wished, and how far it is."""

    store: Store
    points: Points
    repositories: Repositories
    policy: Policy
    progresses: Progresses
