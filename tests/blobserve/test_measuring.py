"""What a scrape of blobserve reads, by Prometheus' own parser."""

import asyncio
from pathlib import Path

import aiohttp
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from blobserve.core.catalogue import EVERYTHING
from blobserve.core.counts import METRICS, PREFIX
from blobserve.core.replies import Asked
from blobserve.measuring import Measuring
from blobserve.storefiles import Rooms, StoreFiles
from kit.oci.core.collecting import Keeping
from kit.oci.core.references import parse
from kit.oci.layout import Layout
from kit.unixsocket import bind_unix
from tests.blobserve.store.layered import add_packed
from tests.waiting import until

NAME, OTHER = parse("reg.io/a/b:1"), parse("reg.io/other:1")


def read(text: str) -> dict[tuple[str, ...], float]:
    return {
        (one.name.removeprefix(PREFIX), *one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def test_what_was_asked_found_expanded_and_evicted(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "images")
    layout.tag(NAME.key, add_packed(layout, {"a": bytes(20_000)}))
    layout.tag(OTHER.key, add_packed(layout, {"a": bytes(30_000)}))
    rooms = Rooms(layout.folder, tmp_path / "cache", 45_000, Keeping())
    files = StoreFiles(rooms, EVERYTHING, None, dict)
    files.begin()
    measuring = Measuring(files.counts, files)

    async def own(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=401, text="no")

    runner = web.ServerRunner(web.Server(measuring.beside(own, "own")))
    await runner.setup()
    await web.SockSite(runner, bind_unix(str(tmp_path / "sock"), 0o600)).start()
    connector = aiohttp.UnixConnector(str(tmp_path / "sock"))
    async with aiohttp.ClientSession(connector=connector) as session:

        async def scraped() -> dict[tuple[str, ...], float]:
            async with session.get("http://x/metrics") as answer:
                return read(await answer.text())

        first = await scraped()
        assert {one[0] for one in first} >= {
            one.name for one in METRICS if one.kind == "gauge" and not one.labels
        }
        for name in (NAME, NAME, OTHER):
            await files.files.reply(Asked("GET"), name, "a")
            await until(lambda name=name: files._stored.warm(name) is not None)
        async with session.get("http://x/v2/") as answer:
            assert answer.status == 401
        found = await scraped()
    await runner.cleanup()
    await files.close()
    assert (found["found_total", "cold"], found["found_total", "warm"]) == (2, 1)
    assert found["layers_total", "expanded"] == 2
    assert (found["evicted_total",], found["cache_bytes",] > 30_000) == (1, True)
    assert found["cache_limit_bytes",] == 45_000
    assert (found["store_images",], found["store_bytes",] > 500) == (2, True)
    assert found["requests_total", "own", "4xx"] == 1
    assert found["sent_bytes_total", "own"] == 2
    assert found["resident_bytes",] > 10_000_000


async def test_an_empty_store_is_measured(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path / "none", tmp_path / "cache", 1, Keeping())
    found = await asyncio.to_thread(StoreFiles(rooms, EVERYTHING, None, dict).now)
    assert {one.name: one.value for one in found} == {
        "cache_bytes": 0,
        "cache_limit_bytes": 1,
        "store_bytes": 0,
        "store_images": 0,
    }
