"""What one machine has: the workspace daemon behind the port."""

from collections.abc import Collection

from msgspec.structs import asdict

from app.nodes.holdings import HoldingsClient
from app.runtime.holdings import Held, Kind
from app.runtime.node import translated


class NodeHoldings:
    """Holdings over one daemon's client."""

    def __init__(self, client: HoldingsClient) -> None:
        self._client = client

    async def held(self, measured: Collection[str] = ()) -> list[Held]:
        with translated():
            found = await self._client.held(measured)
        return [Held(**{**asdict(one), "kind": Kind(one.kind)}) for one in found]
