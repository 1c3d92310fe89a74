"""Orphans for the command line of this machine, on the internal listener."""

from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.accounts.access import Action
from app.orphans.adopting import Adopting
from app.orphans.finding import Orphans
from app.orphans.structs import Adopted, AdoptOrphan, OrphanList, Removed, RemoveOrphan

_PLATFORM: dict[str, Any] = {"opt": {"action": Action.PLATFORM}, "include_in_schema": False}


@get("/internal/orphans", **_PLATFORM)
async def list_orphans(orphans: NamedDependency[Orphans]) -> OrphanList:
    """Look, and tell what no row asks for."""
    return await orphans.look()


@get("/internal/orphans/told", **_PLATFORM)
async def told_orphans(orphans: NamedDependency[Orphans]) -> OrphanList:
    """Tell what the last look has found: it costs nothing."""
    return orphans.told


@post("/internal/orphans/remove", **_PLATFORM, status_code=200)
async def remove_orphan(orphans: NamedDependency[Orphans], data: JSONBody[RemoveOrphan]) -> Removed:
    """Remove one for good: somebody has decided it."""
    return Removed(freed=await orphans.remove(data.kind, data.name, data.node))


@post("/internal/orphans/adopt", **_PLATFORM, status_code=200)
async def adopt_orphan(adopting: NamedDependency[Adopting], data: JSONBody[AdoptOrphan]) -> Adopted:
    """Make one a workspace again."""
    return await adopting.adopt(data.name, data.url, data.node)


route_handlers = [list_orphans, told_orphans, remove_orphan, adopt_orphan]
