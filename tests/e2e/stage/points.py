"""Restore points of the cast: made, being made, failing, and those of deleted workspaces."""

from dataclasses import dataclass

from litestar import Litestar

from app.content.deciding import Reason, State
from app.content.repositories import Repositories
from app.db.content import RestorePointRow
from app.db.sessions import Database
from app.db.workspaces import WorkspaceRow
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from tests.e2e.stage.cast import LONG, NOW, Part
from wire.phases import Phase

WEEK = 7 * 86_400.0
RUNS = Part(
    "amber-otter-k3v9x2m7qd", "payments-api", "github.com/ada/payments-api", ago=7300.0, n=3
)
FRESH = Part("calm-finch-t5p8d3k6ya", "website", "github.com/ada/website", ago=40.0)
FAILS = Part(
    "dusty-wren-f4k7q2n9xe", "ledger", "github.com/ada/ledger", Phase.STOPPED, ago=5400.0, n=2
)
SAFE = Part(
    "quiet-heron-b3m8s6v1zu", "shop", "github.com/ada/shop", Phase.STOPPED, ago=90_000.0, n=2
)
GONE = Part(
    "eager-panda-w8k1g5j3xc", "search", "github.com/ada/search", Phase.STOPPED, ago=200_000.0
)
LONG_GONE = Part(
    "brisk-heron-b7n4c1w8rz",
    LONG,
    f"gitlab.example-of-a-long-company-name.org/platform/settlement/{LONG}",
    Phase.STOPPED,
    ago=500_000.0,
)
WAITS = Part(
    "fuzzy-koala-q6t1d9s5pb", "reports", "github.com/ada/reports", Phase.STOPPED, ago=9000.0
)
BACKED = [RUNS, FRESH, FAILS, SAFE, GONE, LONG_GONE, WAITS]
PROBLEM = {
    "code": "disk_full_backup",
    "title": "There is no space for the backup",
    "detail": "write /repository/data/3f/3f9a17c0: no space left on device",
    "cure": "Free some space where the backups are; the files stay here and it is tried again.",
}
FILES = {
    b"home/gitpod/.bashrc": 3771,
    b"home/gitpod/.config/htop/htoprc": 840,
    b"workspace/payments-api/README.md": 5120,
    b"workspace/payments-api/src/server.ts": 18_400,
    b"workspace/payments-api/src/settlement.ts": 41_200,
    "workspace/payments-api/Übersicht der Zahlungen für den Vorstand.xlsx".encode(): 1_310_000,
    b"workspace/payments-api/package.json": 912,
}
"""Path → size."""


@dataclass(frozen=True)
class Point:
    """A restore point of the cast."""

    id: str
    part: Part
    ago: float
    reason: Reason
    state: State = State.DONE
    size: int = 0
    changes: tuple[int, int] = (0, 0)
    """New and changed files."""
    pinned: bool = False


TOP = Point("rp-top", RUNS, 130.0, Reason.PERIODIC, size=1_379_000, changes=(2, 31))
POINTS = (
    Point("rp-now", RUNS, 4.0, Reason.ASKED, State.WORKING),
    TOP,
    Point("rp-noon", RUNS, 7400.0, Reason.RESTORE, size=1_240_000_000, pinned=True),
    Point("rp-night", RUNS, 60_000.0, Reason.STOP, size=1_238_000_000, changes=(412, 9)),
    Point("rp-old", RUNS, 700_000.0, Reason.FOUND, size=880_000_000, changes=(12_904, 0)),
    Point("rp-full", FAILS, 30.0, Reason.STOP, State.FAILED),
    Point("rp-last", FAILS, 9000.0, Reason.PERIODIC, size=52_400_000, changes=(0, 3)),
    Point("rp-shop", SAFE, 89_990.0, Reason.STOP, size=7_300_000, changes=(318, 0)),
    Point("rp-gone", GONE, 199_990.0, Reason.DELETE, size=7_300_000, changes=(4, 1)),
    Point("rp-gone-before", GONE, 280_000.0, Reason.STOP, size=7_200_000, changes=(310, 0)),
    Point("rp-waits", WAITS, 20.0, Reason.DELETE, State.FAILED),
    Point("rp-waits-before", WAITS, 9500.0, Reason.PERIODIC, size=7_300_000, changes=(310, 0)),
    Point("rp-long-gone", LONG_GONE, 499_990.0, Reason.DELETE, size=7_300_000, changes=(310, 0)),
)


async def back_up(app: Litestar, node: FakeRuntime, points: FakePoints) -> None:
    """Give the cast its points, before the server begins to look; what begins then never ends."""
    node.script.hold("backup")
    database: Database = app.state.database
    repositories: Repositories = app.state.repositories
    async with database.write() as session:
        for one in POINTS:
            await repositories.begin(session, one.part.id)
            row = await session.get_one(WorkspaceRow, one.part.id)
            at = NOW - one.ago
            made = one.state is State.DONE
            failed = one.state is State.FAILED
            if made:
                row.backed_up_at = max(at, row.backed_up_at or 0.0)
                row.backed_up_stop = -1 if one.part in (RUNS, FAILS, WAITS) else one.part.n
            if failed:
                row.backup_problem = PROBLEM
            session.add(
                RestorePointRow(
                    id=one.id,
                    workspace_id=one.part.id,
                    reason=one.reason.value,
                    state=one.state.value,
                    asked_at=at,
                    made_at=at if made else None,
                    current_at=at if made else None,
                    files=len(FILES) * 214 if made else 0,
                    size=one.size,
                    files_new=one.changes[0],
                    files_changed=one.changes[1],
                    pinned=one.pinned,
                    tries=3 if failed else 0,
                    not_before=NOW + 90 if failed else 0.0,
                    problem=PROBLEM if failed else None,
                )
            )
        for part in (GONE, LONG_GONE):
            row = await session.get_one(WorkspaceRow, part.id)
            row.wish, row.content, row.deleted_at = "deleted", "none", NOW - part.ago + 20
            del node.contents[part.id]
        row = await session.get_one(WorkspaceRow, SAFE.id)
        row.backup_excludes = ["node_modules", "/web/dist/", "*.log"]
        row = await session.get_one(WorkspaceRow, WAITS.id)
        row.wish, row.backed_up_stop, row.deleted_at = "deleted", -1, NOW - 3600
    for part in {one.part.id for one in POINTS}:
        repository = await repositories.open(part)
        assert repository is not None
        points.keys[part] = repository.key
    points.modified = NOW - TOP.ago - 3600
    points.points[RUNS.id] = {TOP.id: {name: bytes(size) for name, size in FILES.items()}}
