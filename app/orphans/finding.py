"""Looks for orphans again and again, removes what is nobody's, and tells of the rest.

The node is asked first, the rows afterwards: what is made in between has its row already.
"""

import asyncio
from collections.abc import Sequence

import structlog
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from app.faults import Conflict, Missing, Unprocessable
from app.orphans.judging import Fate, Known, Terms, due, judge
from app.orphans.known import known
from app.orphans.structs import OrphanList, OrphanView
from app.runtime.holdings import Held, Holdings, Kind
from app.runtime.points import Points
from app.runtime.port import Content, Fenced, Refused, Unreachable
from app.runtime.snapshots import Snapshots
from app.workspaces.store import Store

_log = structlog.get_logger(__name__)
EVERY = 600.0
"""Seconds between looks."""
_NOTHING = OrphanList(looked=None, answered=False, orphans=[])


class Orphans:
    """Over rows and what a node has."""

    def __init__(
        self,
        store: Store,
        holdings: Holdings | None,
        content: Content,
        points: Points | None,
        snapshots: Snapshots | None,
        terms: Terms,
    ) -> None:
        """`holdings` is None where no node tells what it has."""
        self._store = store
        self._holdings = holdings
        self._content = content
        self._points = points
        self._snapshots = snapshots
        self._terms = terms
        self._sizes: dict[tuple[Kind, str, float], int] = {}
        self.told = _NOTHING

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.clear(await self.look())
            except SQLAlchemyError as error:
                _log.warning("orphans_not_looked_for", error=type(error).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> OrphanList:
        """Compare; returns what no row asks for, with its size, the largest first."""
        if self._holdings is None:
            return self.told
        try:
            held = await self._holdings.held()
            judged = await self._judged(held)
            found = [(one, fate, goes) for one, fate, goes in judged if fate is not Fate.WANTED]
            views = await self._measured(found)
        except (Unreachable, Refused) as error:
            _log.info("node_unanswered", part="orphans", detail=str(error))
            self.told = replace(self.told, answered=False)
            return self.told
        fresh = {(one.kind, one.name) for one in views}
        before = {(one.kind, one.name) for one in self.told.orphans}
        for kind, name in sorted(fresh - before):
            _log.warning("orphan_found", kind=kind.value, name=name)
        views.sort(key=lambda one: (-one.size, one.name))
        self.told = OrphanList(looked=self._store.clock.now(), answered=True, orphans=views)
        return self.told

    async def clear(self, found: OrphanList) -> None:
        """Remove what is nobody's, each after another look at its row."""
        for one in found.orphans:
            if one.fate is Fate.NOBODYS and found.answered:
                try:
                    await self.remove(one.kind, one.name, only=Fate.NOBODYS)
                except (Unreachable, Conflict, Missing) as error:
                    _log.warning("orphan_stays", kind=one.kind.value, name=one.name, why=str(error))

    async def find(self, kind: Kind, name: str) -> tuple[Held, Fate]:
        """Return one as it is now; raises Missing, and Unprocessable while the node is silent."""
        try:
            held = [] if self._holdings is None else await self._holdings.held()
        except Unreachable as error:
            raise _silent() from error
        meant = [one for one in held if (one.kind, one.name) == (kind, name)]
        for one, fate, _goes in await self._judged(meant):
            return one, fate
        raise Missing(
            "orphan_unknown",
            "The node has no such thing",
            f"It was looked for as {kind.value} {name}.",
            "`podium orphans` lists what there is.",
        )

    async def remove(self, kind: Kind, name: str, only: Fate | None = None) -> int:
        """Remove it for good; returns the bytes. Raises Missing, Conflict, Unprocessable.

        What a row asks for is never removed here, and with `only` nothing of another fate.
        """
        held, fate = await self.find(kind, name)
        if fate is Fate.WANTED or fate is not (only or fate):
            raise Conflict(
                "orphan_wanted",
                "It is no orphan",
                f"The database knows what {name} is for.",
                "Delete the workspace or the snapshot instead.",
            )
        try:
            freed = await self._removed(held)
        except Unreachable as error:
            raise _silent() from error
        except (Fenced, Refused) as error:
            raise Conflict(
                "orphan_held",
                "The node does not let it go now",
                str(error),
                "Look at it again in a while: somebody may be using it.",
            ) from error
        _log.warning("orphan_removed", kind=kind.value, name=name, fate=fate.value, freed=freed)
        left = [one for one in self.told.orphans if (one.kind, one.name) != (kind, name)]
        self.told = replace(self.told, orphans=left)
        return freed

    async def _removed(self, held: Held) -> int:
        n = max(held.highest, 1)
        match held.kind:
            case Kind.TREE:
                return await self._content.discard(held.name, n)
            case Kind.POINTS if self._points is not None:
                return await self._points.drop(held.name, n)
            case Kind.FROZEN if self._snapshots is not None:
                return await self._snapshots.let_go(held.name)
            case _:
                return 0

    async def _judged(self, held: list[Held]) -> list[tuple[Held, Fate, float | None]]:
        names, restored = await known(self._store.database, held)
        terms, now = self._terms_of(restored), self._store.clock.now()

        def of(one: Held) -> Known | None:
            return names.get((one.kind, one.name))

        return [(one, judge(one, of(one), terms, now), due(one, of(one), terms)) for one in held]

    def _terms_of(self, restored: float | None) -> Terms:
        return Terms(self._terms.keep_deleted, self._terms.keep_orphans, restored)

    async def _measured(self, found: Sequence[tuple[Held, Fate, float | None]]) -> list[OrphanView]:
        """Return views with sizes; files are counted once for each time that one was used."""
        assert self._holdings is not None
        keys = {(one.kind, one.name, one.touched) for one, _fate, _goes in found}
        self._sizes = {key: size for key, size in self._sizes.items() if key in keys}
        names = [name for kind, name, at in keys if (kind, name, at) not in self._sizes]
        if names:
            for one in await self._holdings.held(names):
                if (one.kind, one.name, one.touched) in keys:
                    self._sizes[one.kind, one.name, one.touched] = one.size
        return [
            OrphanView(
                kind=one.kind,
                name=one.name,
                fate=fate,
                place=one.place,
                touched=one.touched,
                size=self._sizes.get((one.kind, one.name, one.touched), 0),
                goes=goes,
                about=" ".join(filter(None, (one.folder, one.branch, one.revision[:12]))),
            )
            for one, fate, goes in found
        ]


def _silent() -> Unprocessable:
    return Unprocessable(
        "node_silent",
        "The node does not answer",
        "Nothing was changed.",
        "Wait until its daemon is back, then try again; `podium status` tells.",
    )
