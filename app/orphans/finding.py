"""Looks for orphans again and again, removes what is nobody's, and tells of the rest.

Nodes are asked first, the rows afterwards: what is made in between has its row already.
"""

import asyncio
from collections.abc import Sequence

import structlog
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from app.faults import Conflict, Missing, Unprocessable
from app.orphans.judging import Fate, Known, Terms, due, judge
from app.orphans.known import known
from app.orphans.places import Places
from app.orphans.structs import OrphanList, OrphanView
from app.runtime.holdings import Held, Kind
from app.runtime.port import Fenced, Refused, Unreachable
from app.workspaces.store import Store

_log = structlog.get_logger(__name__)
EVERY = 600.0
"""Seconds between looks."""
_NOTHING = OrphanList(looked=None, answered=False, orphans=[])


class Orphans:
    """Over rows and what nodes have."""

    def __init__(self, store: Store, places: Places, terms: Terms) -> None:
        self._store = store
        self._places = places
        self._terms = terms
        self._sizes: dict[tuple[str, Kind, str, float], int] = {}
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
        if not self._places.tells:
            return self.told
        held, silent = await self._places.held()
        if not held and silent:
            self.told = replace(self.told, answered=False, silent=silent)
            return self.told
        judged = await self._judged(held)
        found = [(one, fate, goes) for one, fate, goes in judged if fate is not Fate.WANTED]
        views = await self._measured(found)
        fresh = {(one.node, one.kind, one.name) for one in views}
        before = {(one.node, one.kind, one.name) for one in self.told.orphans}
        for node, kind, name in sorted(fresh - before):
            _log.warning("orphan_found", node=node, kind=kind.value, name=name)
        # what a node had that is silent now it may have still
        views += [one for one in self.told.orphans if one.node in silent]
        views.sort(key=lambda one: (-one.size, one.name))
        now = self._store.clock.now()
        self.told = OrphanList(looked=now, answered=not silent, silent=silent, orphans=views)
        return self.told

    async def clear(self, found: OrphanList) -> None:
        """Remove what is nobody's, each after another look at its row."""
        for one in found.orphans:
            if one.fate is Fate.NOBODYS and one.node not in found.silent:
                try:
                    await self.remove(one.kind, one.name, one.node, only=Fate.NOBODYS)
                except (Unreachable, Conflict, Missing, Unprocessable) as error:
                    _log.warning("orphan_stays", kind=one.kind.value, name=one.name, why=str(error))

    async def find(self, kind: Kind, name: str, node: str = "") -> tuple[Held, Fate]:
        """Return one as it is now; `node` is needed where several have it.

        Raises Missing, Conflict, and Unprocessable while a node is silent that may have it.
        """
        held, silent = await self._places.held(only=node)
        meant = [one for one in held if (one.kind, one.name) == (kind, name)]
        if len(meant) > 1:
            there = ", ".join(one.node for one in meant)
            raise Conflict(
                "orphan_several",
                "Several nodes have it",
                f"Nodes {there}.",
                "Say which one is meant: --node NAME.",
            )
        for one, fate, _goes in await self._judged(meant):
            return one, fate
        if silent:
            raise _silent()
        raise Missing(
            "orphan_unknown",
            "The node has no such thing",
            f"It was looked for as {kind.value} {name}.",
            "`podium orphans` lists what there is.",
        )

    async def remove(
        self, kind: Kind, name: str, node: str = "", *, only: Fate | None = None
    ) -> int:
        """Remove it for good; returns the bytes. Raises Missing, Conflict, Unprocessable.

        What a row asks for is never removed here, and with `only` nothing of another fate.
        """
        held, fate = await self.find(kind, name, node)
        if fate is Fate.WANTED or fate is not (only or fate):
            raise Conflict(
                "orphan_wanted",
                "It is no orphan",
                f"The database knows what {name} is for.",
                "Delete the workspace or the snapshot instead.",
            )
        try:
            freed = await self._places.let_go(held)
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
        gone = (held.node, kind, name)
        left = [one for one in self.told.orphans if (one.node, one.kind, one.name) != gone]
        self.told = replace(self.told, orphans=left)
        return freed

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
        keys = {_key(one) for one, _fate, _goes in found}
        self._sizes = {key: size for key, size in self._sizes.items() if key in keys}
        names = [(node, name) for node, _kind, name, _at in keys - self._sizes.keys()]
        if names:
            held, _silent_now = await self._places.held(names)
            self._sizes |= {_key(one): one.size for one in held if (one.node, one.name) in names}
        return [
            OrphanView(
                kind=one.kind,
                name=one.name,
                fate=fate,
                place=one.place,
                touched=one.touched,
                size=self._sizes.get(_key(one), 0),
                node=one.node,
                goes=goes,
                about=" ".join(filter(None, (one.folder, one.branch, one.revision[:12]))),
            )
            for one, fate, goes in found
        ]


def _key(one: Held) -> tuple[str, Kind, str, float]:
    return one.node, one.kind, one.name, one.touched


def _silent() -> Unprocessable:
    return Unprocessable(
        "node_silent",
        "The node does not answer",
        "Nothing was changed.",
        "Wait until its daemon is back, then try again; `podium status` tells.",
    )
