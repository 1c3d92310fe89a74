"""The daemon behind the port: words become values, failures ours."""

from pathlib import Path

import grpc
import pytest

from app.nodes.holdings import HoldingsClient
from app.runtime.holdings import Held, Kind
from app.runtime.nodeholdings import NodeHoldings
from app.runtime.port import Unreachable
from tests.app.nodes.daemon import serving


async def test_words_become_values_and_failures_the_ports(tmp_path: Path) -> None:
    async with serving(tmp_path) as (daemon, client):
        holdings = NodeHoldings(HoldingsClient(client))
        assert await holdings.held(["old"]) == [Held(kind=Kind.FROZEN, name="old", size=5)]
        assert list(daemon.requests[-1].measured) == ["old"]
        daemon.failure = (grpc.StatusCode.UNAVAILABLE, "away")
        with pytest.raises(Unreachable):
            await holdings.held()
