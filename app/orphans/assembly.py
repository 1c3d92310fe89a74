"""Puts together what finds orphans."""

from collections.abc import Mapping
from typing import Any

from app.content.repositories import Repositories
from app.orphans.adopting import Adopting, Parse
from app.orphans.finding import Orphans
from app.orphans.judging import Terms
from app.orphans.places import Place, Places
from app.runtime.points import Points
from app.workspaces.store import Store


def assemble(
    store: Store,
    repositories: Repositories,
    parse: Parse,
    terms: Terms,
    places: Mapping[str, Place],
    points: Points | None,
) -> dict[str, Any]:
    """Return the parts that handlers ask for by name; `points` are those of every node."""
    orphans = Orphans(store, Places(places), terms)
    adopting = Adopting(store, orphans, repositories, points, parse)
    return {"orphans": orphans, "adopting": adopting}
