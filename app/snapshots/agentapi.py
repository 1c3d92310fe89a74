"""What supervisors ask for when a person types `gp snapshot`.

As with git's questions: only for the live instance that the token proves, only while its
workspace is trusted, and only of this very workspace.
"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Principal, Shared
from app.snapshots.service import Snapshots
from app.snapshots.structs import CreateSnapshot, SnapshotView
from app.workspaces.agentgit import QUESTION, given, trusted
from app.workspaces.links import Links
from app.workspaces.store import Store
from wire.snapshots import (
    SNAPSHOT_PATH,
    SNAPSHOT_STATE_PATH,
    SnapshotAsked,
    SnapshotSaid,
    SnapshotWhich,
)


@post(SNAPSHOT_PATH, **QUESTION)
async def take_snapshot(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    links: NamedDependency[Links],
    snapshots: NamedDependency[Snapshots],
    data: JSONBody[SnapshotAsked],
) -> Response[Struct]:
    """Have this workspace's files kept as they are now."""
    row = await trusted(principal, store, links)
    wanted = CreateSnapshot(name=data.name, access=Shared(data.access), lasts=data.lasts)
    return given(_said(await snapshots.create_inside(row.id, wanted)))


@post(SNAPSHOT_STATE_PATH, **QUESTION)
async def snapshot_state(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    links: NamedDependency[Links],
    snapshots: NamedDependency[Snapshots],
    data: JSONBody[SnapshotWhich],
) -> Response[Struct]:
    """Tell how far one of this workspace's is."""
    row = await trusted(principal, store, links)
    return given(_said(await snapshots.look_inside(row.id, data.id)))


def _said(view: SnapshotView) -> SnapshotSaid:
    problem = "" if view.problem is None else view.problem.title
    return SnapshotSaid(id=view.id, url=view.url, state=view.state.value, problem=problem)


route_handlers = [take_snapshot, snapshot_state]
