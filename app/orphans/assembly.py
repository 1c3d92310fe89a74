"""Puts together what finds orphans."""

from typing import Any

from app.content.repositories import Repositories
from app.orphans.adopting import Adopting, Parse
from app.orphans.finding import Orphans
from app.orphans.judging import Terms
from app.runtime.holdings import Holdings
from app.runtime.points import Points
from app.runtime.port import Content
from app.runtime.snapshots import Snapshots
from app.workspaces.store import Store


def assemble(
    store: Store,
    repositories: Repositories,
    parse: Parse,
    terms: Terms,
    *,
    holdings: Holdings | None,
    content: Content,
    points: Points | None,
    snapshots: Snapshots | None,
) -> dict[str, Any]:
    """Return the parts that handlers ask for by name."""
    orphans = Orphans(store, holdings, content, points, snapshots, terms)
    adopting = Adopting(store, orphans, repositories, points, parse)
    return {"orphans": orphans, "adopting": adopting}
