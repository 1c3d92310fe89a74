"""Puts the content service together."""

from dataclasses import dataclass
from typing import Any

from app.accounts.keys import Keys
from app.content.archives import Archives
from app.content.backing import Backing
from app.content.clearing import Clearing
from app.content.deleted import Deleted
from app.content.ground import Ground
from app.content.loop import Loop
from app.content.pending import Pending
from app.content.policy import Policy
from app.content.progress import Progresses
from app.content.reading import Reading
from app.content.repositories import Repositories
from app.content.restoring import Restoring
from app.content.retrying import Retrying
from app.content.service import RestorePoints
from app.runtime.points import Points
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store


@dataclass(frozen=True, slots=True)
class ContentService:
    """The parts that others ask."""

    points: RestorePoints
    deleted: Deleted
    reading: Reading
    repositories: Repositories
    progresses: Progresses
    loop: Loop

    @property
    def parts(self) -> dict[str, Any]:
        """What handlers ask for by name."""
        return {
            "points": self.points,
            "deleted": self.deleted,
            "reading": self.reading,
            "repositories": self.repositories,
            "progresses": self.progresses,
            "content_loop": self.loop,
        }


def assemble(
    store: Store, workspaces: WorkspaceService, keys: Keys, points: Points | None, policy: Policy
) -> ContentService:
    """Return the service's parts; without `points` it makes and restores nothing."""
    repositories = Repositories(store.database, keys.master, keys.seal)
    progresses = Progresses(store)
    known = None if points is None else progresses
    service = RestorePoints(store, workspaces, repositories, known, policy)
    parts: list[Any] = []
    aside: list[Any] = []
    if points is not None:
        ground = Ground(store, points, repositories, policy, progresses)
        parts = [Backing(ground), Archives(store), Pending(store, policy)]
        parts += [Retrying(ground), Restoring(ground)]
        # a node takes out points while it is asked, and waits for a backup that runs
        aside = [Clearing(ground)]
    loop = Loop(parts, points, aside)
    if parts:
        store.listen(loop.wake)
    return ContentService(
        points=service,
        deleted=Deleted(store, workspaces, policy),
        reading=Reading(store, points, repositories, policy.keep_deleted),
        repositories=repositories,
        progresses=progresses,
        loop=loop,
    )
