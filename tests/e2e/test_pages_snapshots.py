"""Pages of snapshots: as they were approved, in each view."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.db.accounts import UserRow
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.snapshots.beginning import context_of
from app.snapshots.structs import State
from tests.e2e.stage import pictures
from tests.e2e.stage.cast import LONG, NOW, Part
from tests.e2e.stage.server import Stage, open_stage
from tests.e2e.stage.tabs import NARROW, VIEWS, look, visited

RUNS = Part("amber-otter-k3v9x2m7qd", "payments-api", "github.com/ada/payments-api", n=3)
EMPTY = Part("calm-finch-t5p8d3k6ya", "website", "github.com/ada/website")
LENT = "7f5b6c5e-0000-4000-8000-000000000002"
FULL = {"code": "disk_full", "title": "The disk is full", "detail": "cp: No space left on device"}
SNAPSHOTS = (
    ("7f5b6c5e-0000-4000-8000-000000000001", LONG, "owner", State.WANTED, None),
    (LENT, "with the settlement fix", "link", State.DONE, None),
    ("7f5b6c5e-0000-4000-8000-000000000003", "nightly", "people", State.FAILED, FULL),
)
PAGES = {
    "snapshots": f"/workspaces/{RUNS.id}/snapshots",
    "snapshots-none-yet": f"/workspaces/{EMPTY.id}/snapshots",
    "snapshot-open": f"/snapshots/{LENT}",
    "snapshots-mine": "/snapshots",
}


async def keep(app: Litestar, _node: FakeRuntime, _points: FakePoints) -> None:
    async with app.state.database.write() as session:
        source = await session.get_one(WorkspaceRow, RUNS.id)
        user = await session.scalar(select(UserRow).where(UserRow.id == source.owner_id))
        assert user is not None
        other = UserRow(id="grace", name="grace", email="", created_at=0.0, version=1)
        session.add(other)
        await session.flush()
        for number, (name, title, access, state, problem) in enumerate(SNAPSHOTS):
            lent = name == LENT
            session.add(
                SnapshotRow(
                    id=name,
                    workspace_id=RUNS.id,
                    owner_id=user.id,
                    organisation_id=source.organisation_id,
                    name=title,
                    access=access,
                    state=state.value,
                    created_at=NOW - 3600.0 * (number + 1),
                    expires_at=NOW + 86_400.0 * 29 if lent else None,
                    context=context_of(source),
                    files=18_204 if lent else 0,
                    size=412_000_000 if lent else 0,
                    opened=3 if lent else 0,
                    problem=problem,
                    not_before=NOW * 2,
                )
            )


async def give_away(app: Litestar) -> None:
    async with app.state.database.write() as session:
        row = await session.get_one(SnapshotRow, LENT)
        row.owner_id = "grace"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage([RUNS, EMPTY], back_up=keep) as opened_stage:
        yield opened_stage


def test_pages_are_as_they_should_be(stage: Stage, window: Browser) -> None:
    for name, path in PAGES.items():
        if name == "snapshot-open":
            stage.do(give_away(stage.app))
        for view in VIEWS:
            context = look(window, stage, view)
            with visited(context, f"{stage.dashboard}{path}") as tab:
                pictures.check(f"{name}-{view.name}", tab.shot(view))
                assert tab.overflow() == 0
                assert tab.shifts() == []
                assert tab.complaints == []
                assert tab.violations() == []
                if name == "snapshot-open":
                    expect(tab.page.get_by_role("button", name="Trust and start")).to_be_visible()
            context.close()


def test_a_name_without_a_break_stays_within_its_window(stage: Stage, window: Browser) -> None:
    async def rename(app: Litestar) -> None:
        async with app.state.database.write() as session:
            row = await session.get_one(SnapshotRow, SNAPSHOTS[2][0])
            row.name = "x" * 100

    stage.do(rename(stage.app))
    context = look(window, stage, NARROW)
    for path in ("/snapshots", f"/workspaces/{RUNS.id}/snapshots"):
        with visited(context, f"{stage.dashboard}{path}") as tab:
            expect(tab.page.get_by_text("x" * 100).first).to_be_visible()
            assert tab.overflow() == 0
    context.close()
