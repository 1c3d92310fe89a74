"""A move: the row names another node, and a restore brings the files there.

It takes a number of its own, whose start never runs: the node that is left is fenced by it.
"""

from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.moves.left import expect
from app.runtime.nodes import AllPoints
from app.runtime.points import Repository
from app.runtime.port import Refused
from app.workspaces.archiving import begin_restore
from app.workspaces.secrets import Secrets
from app.workspaces.store import PLATFORM, Change
from app.workspaces.transitions import new_instance
from wire.phases import Phase, StopReason


async def reads(points: AllPoints, node: str, repository: Repository, point: str) -> bool:
    """Tell whether a node finds a point: only then has it the same store. Raises Unreachable."""
    try:
        return any(one.point == point for one in await points.at(node).listed(repository))
    except Refused:
        return False


def move(
    change: Change,
    row: WorkspaceRow,
    secrets: Secrets,
    to: str,
    point: RestorePointRow,
    actor: str,
) -> None:
    """Let a stopped workspace become on another node what a point holds; the wish stays."""
    wish = row.wish
    if row.content == "present":
        expect(change, row.id, row.node)
    row.node = to
    passed = new_instance(change, row, secrets)
    passed.live, passed.phase = False, Phase.STOPPED.value
    passed.deadline, passed.ended_at = None, change.now
    passed.stop_reason = StopReason.REQUESTED.value
    row.wish = wish
    # what is there now is on a node that is not asked for it any more: where it goes there is none
    row.backed_up_stop, row.content = row.n, "none"
    begin_restore(change, row, row.id, point.id, actor)
    change.record(row, "moved", f"Moves to node {to}, from its last restore point.", actor)


def carry(change: Change, row: WorkspaceRow, to: str) -> None:
    """Let a workspace that is in restore points alone be of another node, which reads these.

    Nothing is written there before it is restored.
    """
    row.node = to
    change.touch(row)
    change.record(row, "moved", f"Its restore points are read by node {to} from now on.", PLATFORM)
