"""Roots behind the daemon: its words become ours."""

from pathlib import Path

import grpc
import pytest

from app.images.node import NodeRoots
from app.images.port import State
from app.runtime.port import Refused, Unreachable
from tests.app.nodes.daemon import ONE, serving
from wire.ids import parse_instance_id
from wire.phases import Condition

IMAGE = f"sha256:{'1' * 64}"
INSTANCE = parse_instance_id(ONE)


async def test_an_image_that_comes_and_one_that_does_not(tmp_path: Path) -> None:
    assert INSTANCE is not None
    async with serving(tmp_path) as (daemon, client):
        roots = NodeRoots(client)
        coming = await roots.fetch(INSTANCE, IMAGE, "built/x")
        assert (coming.state, coming.progress) == (State.WORKING, "fetching the image")
        failed = await roots.fetch(INSTANCE, IMAGE, "docker.io/library/x")
        assert (failed.state, failed.condition) == (State.FAILED, Condition.IMAGE_UNKNOWN)
        assert failed.told == "None: no tag. Look"
        sent = daemon.requests[0]
        assert (sent.instance, sent.image, sent.source) == (ONE, IMAGE, "built/x")


async def test_a_daemon_that_is_away_or_refuses(tmp_path: Path) -> None:
    assert INSTANCE is not None
    async with serving(tmp_path) as (daemon, client):
        for code, kind in (
            (grpc.StatusCode.UNAVAILABLE, Unreachable),
            (grpc.StatusCode.INVALID_ARGUMENT, Refused),
        ):
            daemon.failure = (code, "no")
            with pytest.raises(kind):
                await NodeRoots(client).fetch(INSTANCE, IMAGE, "built/x")
