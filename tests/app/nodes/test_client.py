"""Calls to a daemon: what is sent, what comes back, and what failures mean."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from app.nodes.client import NodeClient, NodeFenced, NodeRefused, NodeUnreachable
from kit.tasks import Tasks
from tests.app.nodes.daemon import ONE, Daemon, serving
from tests.waiting import until

Pair = tuple[Daemon, NodeClient]


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with serving(tmp_path) as opened:
        yield opened


async def test_each_call_sends_ids_and_digests_only(pair: Pair) -> None:
    daemon, client = pair
    await client.prepare(ONE, fresh=True, url="https://h/a", ref="main", image="i", folder="a")
    await client.apply(
        ONE, image="i", supervisor="s", ide="d", workspace_class="standard", token="secret"
    )
    await client.delete(ONE, 2.5)
    await client.seal(ONE)
    prepare, apply, delete, seal = daemon.requests
    assert (prepare.instance, prepare.fresh, prepare.url, prepare.ref) == (
        ONE,
        True,
        "https://h/a",
        "main",
    )
    assert (apply.supervisor, apply.ide, apply.token, apply.protocol) == ("s", "d", "secret", "1")
    assert (delete.instance, delete.grace) == (ONE, 2.5)
    assert seal.instance == ONE


async def test_answers_come_back_as_plain_values(pair: Pair) -> None:
    _, client = pair
    content = await client.prepare(ONE, fresh=True, url="u", ref="", image="i", folder="a")
    assert (content.state, content.progress, content.fault) == ("working", "43 %", None)
    container = await client.delete(ONE, 0)
    assert (container.state, container.exit_code) == ("exited", 3)
    sealed = await client.seal(ONE)
    assert sealed.fault is not None
    assert (sealed.fault.code, sealed.fault.cure) == ("disk_full", "Free some")
    assert await client.discard("amber-otter-0000000000", 1) == 42
    everything = await client.list()
    assert everything.complete
    assert [one.state for one in everything.contents] == ["ready"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.UNAVAILABLE, NodeUnreachable),
        (grpc.StatusCode.DEADLINE_EXCEEDED, NodeUnreachable),
        (grpc.StatusCode.FAILED_PRECONDITION, NodeFenced),
        (grpc.StatusCode.ABORTED, NodeRefused),
        (grpc.StatusCode.INVALID_ARGUMENT, NodeRefused),
        (grpc.StatusCode.INTERNAL, NodeRefused),
    ],
)
async def test_failures_are_told_apart(
    pair: Pair, code: grpc.StatusCode, error: type[Exception]
) -> None:
    daemon, client = pair
    daemon.failure = (code, "because")
    with pytest.raises(error, match="because"):
        await client.seal(ONE)


async def test_the_watch_tells_everything_then_changes_and_says_when_it_is_cut(
    pair: Pair,
) -> None:
    daemon, client = pair
    daemon.failure = (grpc.StatusCode.UNAVAILABLE, "going")
    async with aclosing(client.watch()) as watch:
        assert (await anext(watch)).complete
        change = await anext(watch)
        assert [one.state for one in change.contents] == ["sealed"]
        assert not change.complete
        with pytest.raises(NodeUnreachable):
            await anext(watch)


async def test_who_gives_up_a_call_has_it_ended_at_the_daemon(pair: Pair) -> None:
    daemon, client = pair
    daemon.answers.clear()
    tasks = Tasks()
    tasks.spawn(client.seal(ONE), "seal")
    await until(lambda: daemon.requests)
    await tasks.close()
    await daemon.gave_up.wait()


async def test_a_daemon_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    client = NodeClient(str(tmp_path / "nothing.sock"))
    with pytest.raises(NodeUnreachable):
        await client.list()
    await client.close()


async def test_credentials_go_with_the_clone(pair: Pair) -> None:
    daemon, client = pair
    what = {"fresh": True, "url": "u", "ref": "", "image": "i", "folder": "a"}
    await client.prepare(
        ONE, **what, username="ada", password="t", ssh_key="k", known_hosts=("h a k",)
    )
    sent = daemon.requests[0].credentials
    assert (sent.username, sent.password, sent.ssh_key) == ("ada", "t", "k")
    assert list(sent.known_hosts) == ["h a k"]
