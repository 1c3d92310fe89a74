"""The API client against an API over HTTP: pages, watches, and what it makes of refusals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from app.runtime.kube import KubeApi
from app.runtime.podapi import ApiDown, ApiRefused, Expired
from tests.contract.cluster import client
from tests.kubeapi.server import NAMESPACE, TOKEN, ApiServer, serving

SELECTOR = "podium.dev/installation=demo"


def labelled(name: str) -> dict[str, object]:
    return {"metadata": {"name": name, "labels": {"podium.dev/installation": "demo"}}}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ApiServer]:
    async with serving() as found:
        yield found


@pytest_asyncio.fixture
async def api(server: ApiServer) -> AsyncIterator[KubeApi]:
    made = KubeApi(client(server), NAMESPACE)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def impatient(server: ApiServer) -> AsyncIterator[KubeApi]:
    """For what is never answered."""
    made = KubeApi(client(server), NAMESPACE, 0.3)
    yield made
    await made.close()


async def test_a_list_comes_in_pages(server: ApiServer, api: KubeApi) -> None:
    for n in range(7):
        server.objects.create("pods", labelled(f"p{n}"))
    server.objects.create("pods", {"metadata": {"name": "strange", "labels": {}}})
    found, version = await api.list("pods", SELECTOR)
    assert [one["metadata"]["name"] for one in found] == [f"p{n}" for n in range(7)]
    assert version == str(server.objects.version)
    assert len([path for _, path in server.requests if "continue" in path]) == 2


async def test_pages_of_what_was_forgotten_meanwhile_are_asked_for_anew(
    server: ApiServer, api: KubeApi
) -> None:
    for n in range(7):
        server.objects.create("pods", labelled(f"p{n}"))
    forgotten = False
    original = server.objects.select

    def select(kind: str, selector: str) -> list[dict[str, object]]:
        nonlocal forgotten
        found = original(kind, selector)
        if not forgotten:
            forgotten = True
            server.objects.create("pods", labelled("p7"))
            server.objects.oldest = server.objects.version + 1
            server.objects.create("pods", labelled("p8"))
        return found

    server.objects.select = select  # type: ignore[method-assign] # a world that moves between two pages
    found, _ = await api.list("pods", SELECTOR)
    assert len(found) == 9


async def test_a_watch_goes_on_behind_a_version_and_is_bookmarked(
    server: ApiServer, api: KubeApi
) -> None:
    _, version = await api.list("pods", SELECTOR)
    server.objects.create("pods", labelled("one"))
    kinds = []
    async for event in api.watch("pods", SELECTOR, version):
        kinds.append(event.kind)
        assert int(event.version) > int(version)
        if event.kind == "BOOKMARK":
            break
    assert kinds == ["ADDED", "BOOKMARK"]
    asked = server.requests[-1][1]
    assert "labelSelector=podium.dev" in asked
    assert "timeoutSeconds=300" in asked


async def test_a_watch_of_what_is_forgotten_has_expired(server: ApiServer, api: KubeApi) -> None:
    _, version = await api.list("pods", SELECTOR)
    server.objects.create("pods", labelled("one"))
    server.objects.forget()
    with pytest.raises(Expired):
        await anext(api.watch("pods", SELECTOR, version))


async def test_what_is_there_is_not_made_twice_and_what_is_gone_not_missed(
    server: ApiServer, api: KubeApi
) -> None:
    assert await api.create("pods", labelled("one")) is not None
    assert await api.create("pods", labelled("one")) is None
    assert await api.get("pods", "two") is None
    await api.patch("pods", "two", {"metadata": {}})
    await api.delete("pods", "two", "uid-9")
    await api.delete("pods", "one", "another", 0)
    assert "one" in server.objects.kept["pods"]


async def test_it_is_reached_as_a_kubeconfig_says(server: ApiServer, tmp_path: Path) -> None:
    path = tmp_path / "config"
    told = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "one", "user": "me"}}],
        "clusters": [{"name": "one", "cluster": {"server": server.url}}],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
    }
    path.write_text(yaml.safe_dump(told))
    server.objects.create("pods", labelled("one"))
    api = await KubeApi.connect(NAMESPACE, str(path))
    try:
        found, _ = await api.list("pods", SELECTOR)
    finally:
        await api.close()
    assert [one["metadata"]["name"] for one in found] == ["one"]


async def test_refusals_and_silence_have_their_own_words(
    server: ApiServer, api: KubeApi, impatient: KubeApi
) -> None:
    server.faults.denied = True
    with pytest.raises(ApiRefused) as refused:
        await api.list("pods", SELECTOR)
    assert refused.value.status == 403
    server.faults.denied, server.faults.silent = False, True
    with pytest.raises(ApiDown, match="GET"):
        await impatient.list("pods", SELECTOR)
    server.faults.silent, server.faults.down = False, True
    with pytest.raises(ApiDown):
        await api.get("pods", "one")


async def test_who_is_told_to_wait_asks_again_within_the_deadline(
    server: ApiServer, api: KubeApi, impatient: KubeApi
) -> None:
    server.faults.throttled = 4
    assert await api.get("pods", "one") is None
    server.faults.throttled = 1_000_000
    with pytest.raises(ApiDown, match="no answer"):
        await impatient.get("pods", "one")
