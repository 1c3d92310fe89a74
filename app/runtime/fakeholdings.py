"""What the fake node has: its trees, points and snapshots."""

from collections.abc import Collection

from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.holdings import Held, Kind

_SIZE = 4096


class FakeHoldings:
    """Holdings of a fake runtime; `touched` are times of names, for tests to set."""

    def __init__(self, node: FakeRuntime, points: FakePoints, snapshots: FakeSnapshots) -> None:
        self._node = node
        self._points = points
        self._snapshots = snapshots
        self.touched: dict[str, float] = {}

    async def held(self, measured: Collection[str] = ()) -> list[Held]:
        self._node.reach("held", "")
        named = (
            *((Kind.TREE, name) for name in self._node.contents),
            *((Kind.POINTS, name) for name, made in self._points.points.items() if made),
            *((Kind.FROZEN, name) for name in self._snapshots.frozen),
        )
        return [
            Held(
                kind=kind,
                name=name,
                touched=self.touched.get(name, 0.0),
                highest=0 if kind is Kind.FROZEN else self._node.newest[name],
                size=_SIZE if name in measured else 0,
            )
            for kind, name in named
        ]
