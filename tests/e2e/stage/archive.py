"""Workspaces that clean-up has something to say of: archived, announced, kept, on its way back."""

from litestar import Litestar

from app.db.content import RestorePointRow, RestoreRow
from app.db.sessions import Database
from app.db.workspaces import WorkspaceRow
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.workspaces.gitstate import kept
from tests.e2e.stage.cast import NOW, Part
from wire.git import GitState
from wire.phases import Phase

DAY = 86_400.0
OLD = Part(
    "amber-otter-k3v9x2m7qd", "payments-api", "github.com/ada/payments-api", Phase.STOPPED,
    ago=45 * DAY,
)  # fmt: skip
DUE = Part("brisk-heron-b7n4c1w8rz", "ledger", "github.com/ada/ledger", Phase.STOPPED, ago=88 * DAY)
KEPT = Part("calm-finch-t5p8d3k6ya", "docs", "github.com/ada/docs", Phase.STOPPED, ago=40 * DAY)
SOON = Part("dawn-lynx-h2r6f9s4vb", "gateway", "github.com/ada/gateway", Phase.STOPPED, ago=9000.0)
BACK = Part("eager-panda-w8k1g5j3xc", "website", "github.com/ada/website", Phase.STOPPED, ago=12.0)
LAID_AWAY = [OLD, DUE, KEPT, SOON, BACK]


async def lay_away(app: Litestar, node: FakeRuntime, points: FakePoints) -> None:
    """Give each its rows; what begins to be restored never ends."""
    del points
    node.script.hold("restore")
    node.script.hold("backup")
    database: Database = app.state.database
    async with database.write() as session:
        for part in LAID_AWAY:
            row = await session.get_one(WorkspaceRow, part.id)
            await app.state.repositories.begin(session, part.id)
            pushed = GitState(folder=part.name, branch="main", unpushed=2 if part is KEPT else 0)
            row.git = kept([pushed], NOW - part.ago, final=True)
            row.backed_up_at, row.backed_up_stop = NOW - part.ago + 10, part.n
            made = row.backed_up_at
            session.add(
                RestorePointRow(
                    id=f"rp-{part.name}", workspace_id=part.id, reason="stop", state="done",
                    asked_at=made, made_at=made, current_at=made, files=412, size=52_400_000,
                )
            )  # fmt: skip
            if part in (OLD, DUE, BACK):
                row.content, row.archived_at = "none", NOW - min(part.ago, 15 * DAY)
                node.contents.pop(part.id, None)
        due = await session.get_one(WorkspaceRow, DUE.id)
        due.cleanup_at = NOW + 2 * DAY
        back = await session.get_one(WorkspaceRow, BACK.id)
        back.wish, back.restoring = "running", "rs-back"
        session.add(
            RestoreRow(
                id="rs-back", workspace_id=BACK.id, source_id=BACK.id,
                point_id=f"rp-{BACK.name}", state="open", asked_at=NOW - 12, asked_by="ada",
            )
        )  # fmt: skip
