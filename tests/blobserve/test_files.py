"""Answers for files of the store's images, over what the store and its cache really do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import pytest

from blobserve.core.catalogue import Catalogue, Entry, Rule
from blobserve.core.replies import KEPT, Asked, Reply
from blobserve.files import Files
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander
from blobserve.store.stored import Stored
from blobserve.store.variants import Variants
from kit.oci.core.references import parse
from kit.oci.layout import Layout
from tests.blobserve.store.layered import add_packed
from tests.waiting import until

NAME = parse("reg.io/editor:1")
PAGE = b"<script src={{BASE}}/a.js></script>"
SCRIPT = b"export const a = 1;\n" * 500
FILES = {"ide/index.html": PAGE, "ide/a.js": SCRIPT, "other": b"x"}
RULE = Rule("{{BASE}}", "${ide}")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "images")
    made.tag(NAME.key, add_packed(made, FILES))
    return made


@pytest.fixture
async def files(tmp_path: Path, layout: Layout) -> AsyncIterator[Files]:
    cache = Cache(tmp_path / "cache", 1 << 20)
    cache.open()
    stored, variants = Stored(layout, Expander(layout, cache), None), Variants(cache)
    entry = Entry("reg.io/editor", folder="ide", ahead=["1", "gone"], inline=[RULE])
    yield Files(stored, Catalogue({"reg.io/editor": entry}), variants)
    await variants.close()
    await stored.close()


def body(reply: Reply) -> bytes:
    if reply.piece is None:
        return reply.content or reply.text.encode()
    with Path(reply.piece.blob).open("rb") as file:
        file.seek(reply.piece.start)
        return file.read(reply.piece.size)


async def get(files: Files, path: str, name: str = str(NAME), **more: str) -> Reply:
    return await files.reply(Asked("GET", **more), parse(name), path)


async def test_files_below_the_folder_and_the_page_of_it(files: Files) -> None:
    assert body(await get(files, "a.js")) == SCRIPT
    assert body(await get(files, "")) == PAGE
    assert (await get(files, "")).headers["Content-Type"] == "text/html; charset=utf-8"
    assert (await get(files, "other")).status == 404


async def test_a_tag_is_asked_for_again_and_a_digest_is_kept(files: Files, layout: Layout) -> None:
    first = await get(files, "a.js")
    assert first.headers["Cache-Control"] == "public, no-cache"
    tag = first.headers["ETag"]
    assert (await get(files, "a.js", if_none_match=tag)).status == 304
    image = layout.resolve(NAME.key)
    assert image is not None
    layout.tag(NAME.at(image.digest).key, image)
    kept = await get(files, "a.js", name=str(NAME.at(image.digest)))
    assert (kept.status, kept.headers["Cache-Control"]) == (200, KEPT)


async def test_what_is_not_served_or_not_there(files: Files) -> None:
    assert (await get(files, "a.js", name="reg.io/other:1")).status == 403
    assert (await get(files, "a.js", name="reg.io/editor:2")).status == 404


async def test_an_image_that_is_damaged(files: Files, layout: Layout) -> None:
    layout.tag("reg.io/editor:bad", add_packed(layout, b"!" * 4096))
    reply = await get(files, "a.js", name="reg.io/editor:bad")
    assert reply.status == 502
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_disk_without_room(files: Files, tmp_path: Path) -> None:
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").write_text("no folder")
    reply = await get(files, "a.js")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")


async def test_the_second_gets_it_compressed(files: Files) -> None:
    async def compressed() -> bool:
        reply = await get(files, "a.js", accept_encoding="br, gzip")
        return reply.headers.get("Content-Encoding") == "br"

    await until(compressed)
    assert brotli.decompress(body(await get(files, "a.js", accept_encoding="br"))) == SCRIPT
    assert (await get(files, "a.js", range="bytes=0-9")).status == 206


async def test_texts_of_the_page_are_the_requests_and_nobody_keeps_them(files: Files) -> None:
    reply = await get(files, "", inline='{"ide": "https://ide.x"}')
    assert body(reply) == b"<script src=https://ide.x/a.js></script>"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers
    assert body(await get(files, "a.js", inline='{"ide": "x"}')) == SCRIPT
    assert (await get(files, "", inline='{"ide": "<"}')).status == 400
    assert body(await get(files, "", inline="{}")) == PAGE


async def test_what_left_the_cache_is_expanded_again(files: Files, tmp_path: Path) -> None:
    await get(files, "a.js")
    await until(lambda: files._stored.warm(NAME))
    for one in (tmp_path / "cache").iterdir():
        one.unlink()
    assert body(await get(files, "a.js")) == SCRIPT


async def test_images_that_are_wanted_ahead(files: Files) -> None:
    await files.load_ahead()
    await until(lambda: files._stored.warm(NAME))
    found = await asyncio.gather(*(get(files, "a.js") for _ in range(50)))
    assert {one.status for one in found} == {200}
