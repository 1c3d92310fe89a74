"""Which repository an address of a repository's file names, for the workspace that clones it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.app.server import open_server
from tests.app.workspaces.test_agentgit import Inside
from wire.agentrepository import REPOSITORY_PATH


@pytest_asyncio.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with open_server(tmp_path) as server:
        yield Inside(server)


async def test_addresses_mean_what_they_mean_for_the_opened_one(inside: Inside) -> None:
    await inside.make(trust=True)
    for address, url, ref in (
        ("https://h.org/ada/lib.git", "https://h.org/ada/lib", ""),
        ("git@h.org:ada/lib.git", "ssh://git@h.org/ada/lib.git", ""),
        ("https://github.com/ada/lib/tree/v1", "https://github.com/ada/lib", "v1"),
        ("https://github.com/ada/lib/pull/7", "https://github.com/ada/lib", "refs/pull/7/head"),
    ):
        reply = await inside.ask(REPOSITORY_PATH, {"url": address})
        assert reply.status_code == 200, reply.text
        assert (reply.json()["url"], reply.json()["ref"]) == (url, ref)
        assert reply.json()["folder"] == "lib"


@pytest.mark.parametrize(
    "address", ["file:///srv/git/lib", "ftp://h.org/a/b", "-x", "A=b/https://h.org/ada/lib", ""]
)
async def test_what_may_not_be_cloned_is_refused(inside: Inside, address: str) -> None:
    await inside.make(trust=True)
    assert (await inside.ask(REPOSITORY_PATH, {"url": address})).status_code == 400


async def test_an_untrusted_workspace_is_told_nothing(inside: Inside) -> None:
    await inside.make(trust=False)
    reply = await inside.ask(REPOSITORY_PATH, {"url": "https://h.org/ada/lib"})
    assert reply.status_code == 403
