"""The daemon behind the port: its clock is told, a grant is one of its own clock."""

from pathlib import Path

import grpc
import pytest

from app.runtime.lease import NodeClock
from app.runtime.nodelease import NodeLease
from app.runtime.nodes import Answer
from app.runtime.port import Unreachable
from tests.app.nodes.daemon import serving


async def test_a_clock_is_asked_for_and_time_granted(tmp_path: Path) -> None:
    async with serving(tmp_path) as (daemon, client):
        lease = NodeLease(client)
        assert await lease.hold(None) == Answer(NodeClock("boot-1", 12.5), 99)
        await lease.hold(NodeClock("boot-1", 600.0))
        asked = [(one.boot, one.until) for one in daemon.requests]
        assert asked == [("", 0.0), ("boot-1", 600.0)]


async def test_a_node_that_is_away_is_unreachable(tmp_path: Path) -> None:
    async with serving(tmp_path) as (daemon, client):
        daemon.failure = (grpc.StatusCode.UNAVAILABLE, "away")
        with pytest.raises(Unreachable):
            await NodeLease(client).hold(None)
