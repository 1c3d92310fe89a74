"""Workspaces whose node does not answer, and what lies on this one that no row asks for."""

from litestar import Litestar

from app.content.deciding import Reason, State
from app.db.content import RestorePointRow
from app.db.sessions import Database
from app.db.workspaces import LOCAL, WorkspaceRow
from app.moves.nodes import Nodes
from app.orphans.finding import Orphans
from app.orphans.judging import Fate
from app.orphans.structs import OrphanList, OrphanView
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.runtime.holdings import Kind
from tests.e2e.stage.cast import LONG, NOW, Part
from wire.phases import Phase

FAR = "node-in-a-rack-of-the-other-hall-17"
LOST = Part(
    "amber-otter-k3v9x2m7qd", "payments-api", "github.com/ada/payments-api", Phase.STOPPED,
    ago=7300.0,
)  # fmt: skip
BARE = Part("calm-finch-t5p8d3k6ya", LONG, "github.com/ada/website", Phase.STOPPED, ago=90.0)
HERE = Part("quiet-heron-b3m8s6v1zu", "shop", "github.com/ada/shop", Phase.STOPPED, ago=90_000.0)
AWAY = [LOST, BARE, HERE]
ORPHANS = OrphanList(
    looked=NOW,
    answered=True,
    orphans=[
        OrphanView(
            kind=kind,
            name=f"fuzzy-koala-q6t1d9s5p{number}",
            fate=Fate.STRANGER,
            place="",
            touched=NOW - 86_400.0,
            size=1_420_000_000,
            goes=None,
            about="",
            node=LOCAL,
        )
        for number, kind in enumerate((Kind.TREE, Kind.POINTS, Kind.FROZEN))
    ],
)


async def leave(app: Litestar, node: FakeRuntime, points: FakePoints) -> None:
    """Have two of them on a node that the settings name no more; one of these has no point."""
    del points
    database: Database = app.state.database
    async with database.write() as session:
        for part in (LOST, BARE):
            row = await session.get_one(WorkspaceRow, part.id)
            row.node, row.backed_up_stop = FAR, part.n
            node.contents.pop(part.id)
        made = NOW - LOST.ago
        session.add(
            RestorePointRow(
                id="rp-payments", workspace_id=LOST.id, reason=Reason.STOP, state=State.DONE,
                asked_at=made, made_at=made, current_at=made, files=412, size=52_400_000,
            )
        )  # fmt: skip


def over(app: Litestar) -> None:
    """Let the time be over in which a lost node may still run what it ran."""
    nodes: Nodes = app.state.nodes
    nodes._unnamed[FAR] = 600.0
    nodes._began -= 3600.0


def find(app: Litestar) -> None:
    """Let the last look have found some."""
    orphans: Orphans = app.state.orphans
    orphans.told = ORPHANS
