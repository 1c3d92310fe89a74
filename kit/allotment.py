"""At most so many open connections for each peer, so that none of them can take all there are."""

import asyncio
from collections.abc import Hashable


class Allotment:
    """Counts what is open; a connection ends its own count by closing."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[Hashable, list[asyncio.BaseTransport]] = {}

    def admit(self, peer: Hashable, transport: asyncio.BaseTransport) -> bool:
        """Count a new connection; false when its peer has as many as it may."""
        mine = [one for one in self._open.get(peer, []) if not one.is_closing()]
        admitted = len(mine) < self._most
        if admitted:
            mine.append(transport)
        self._open[peer] = mine
        return admitted
