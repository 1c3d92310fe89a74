import asyncio
import io
import shutil
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from blobserve.core.compose import Piece
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander
from blobserve.store.stored import Opened, Stored
from kit.oci.core import media
from kit.oci.core.documents import Manifest, encode
from kit.oci.core.failures import Failure, NotFound, Unavailable
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout, Missing
from kit.oci.pull import Pulled
from tests.blobserve.store.layered import add_packed
from tests.waiting import until

NAME = parse("reg.io/a/b:1")
BELOW = {"a": b"below", "b": b"hidden", "c": b"c", "x/y": b"y"}
ABOVE = {"a": b"above", ".wh.b": b"", "x/.wh..wh..opq": b""}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "images")


class Elsewhere:
    """Another store, from which images are got."""

    def __init__(self, to: Layout, folder: Path) -> None:
        self.there, self._to = Layout(folder), to
        self.count = 0
        self.fault: Exception | None = None

    async def pull(self, reference: Reference) -> Pulled:
        self.count += 1
        if self.fault is not None:
            raise self.fault
        image = self.there.resolve(reference.key)
        if image is None:
            raise NotFound(f"{reference} is not there")
        for digest in self.there.blobs_of(image.digest):
            self._to.put([self.there.read(digest, 1 << 30)])
        self._to.tag(reference.key, image)
        return Pulled(image, image)


@pytest.fixture
def elsewhere(tmp_path: Path, layout: Layout) -> Elsewhere:
    made = Elsewhere(layout, tmp_path / "elsewhere")
    made.there.tag(NAME.key, add_packed(made.there, BELOW, ABOVE))
    return made


@pytest.fixture
async def stored(tmp_path: Path, layout: Layout, elsewhere: Elsewhere) -> AsyncIterator[Stored]:
    cache = Cache(tmp_path / "cache", 1 << 20)
    cache.open()
    made = Stored(layout, Expander(layout, cache), elsewhere)
    yield made
    await made.close()


def content(piece: Piece | None) -> bytes:
    assert piece is not None
    return Path(piece.blob).read_bytes()[piece.start : piece.start + piece.size]


async def known(stored: Stored, name: Reference = NAME) -> Opened:
    await stored.image(name)
    await until(lambda: stored.warm(name))
    found = stored.warm(name)
    assert found is not None
    return found


async def test_layers_lie_over_one_another_cold_and_warm(stored: Stored) -> None:
    cold = await stored.image(NAME)
    assert content(await cold.find("a")) == b"above"
    assert content(await cold.find("c")) == b"c"
    assert await cold.find("b") is None
    assert await cold.find("x/y") is None
    warm = await known(stored)
    assert warm.files is not None
    assert set(warm.files) == {"a", "c"}


async def test_second_names_are_what_they_were_cold_and_warm(
    stored: Stored, layout: Layout
) -> None:
    """Over layers: the first name changes above, goes above, or is of the layer below."""
    lowest = packed_tar([("a", b"a"), ("b", b"b"), ("a2", "a"), ("b2", "b"), ("c", b"c")])
    middle = packed_tar([("a", b"new"), (".wh.b", b""), ("c2", "c"), (".wh.c", b""), ("d2", "d")])
    layout.tag(NAME.key, add_packed(layout, lowest, middle, {"e": b"e"}))
    wanted = {"a": b"new", "a2": b"a", "b": None, "b2": b"b", "c": None, "c2": b"c", "d2": None}
    cold = await stored.image(NAME)
    for name, bytes_of in wanted.items():
        found = await cold._topmost(name, len(cold.layers))
        assert (content(found) if found else None) == bytes_of, name
    warm = await known(stored)
    for name, bytes_of in wanted.items():
        found = await warm.find(name)
        assert (content(found) if found else None) == bytes_of, name


def packed_tar(members: list[tuple[str, bytes | str]]) -> bytes:
    """Return a tar; a text in a content's place is what the name is a second name of."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, of in members:
            one = tarfile.TarInfo(name)
            if isinstance(of, str):
                one.type, one.linkname = tarfile.LNKTYPE, of
                tar.addfile(one)
            else:
                one.size = len(of)
                tar.addfile(one, io.BytesIO(of))
    return out.getvalue()


async def test_a_thousand_at_once_get_and_expand_it_once(
    stored: Stored, elsewhere: Elsewhere
) -> None:
    found = await asyncio.gather(*(stored.image(NAME) for _ in range(1000)))
    assert {id(one) for one in found} == {id(found[0])}
    assert elsewhere.count == 1
    await known(stored)
    assert stored._expander.count == 2


async def test_what_is_in_the_store_is_asked_for_nowhere(
    stored: Stored, elsewhere: Elsewhere
) -> None:
    await known(stored)
    elsewhere.fault = Unavailable("gone")
    assert (await stored.image(NAME)).files
    assert elsewhere.count == 1


async def test_a_failure_is_not_remembered(stored: Stored, elsewhere: Elsewhere) -> None:
    elsewhere.fault = Unavailable("busy")
    with pytest.raises(Failure):
        await stored.image(NAME)
    elsewhere.fault = None
    assert content(await (await stored.image(NAME)).find("a")) == b"above"


async def test_a_name_that_moves_is_another_image(stored: Stored, layout: Layout) -> None:
    before = await known(stored)
    layout.tag(NAME.key, add_packed(layout, {"a": b"new"}))
    after = await known(stored)
    assert after.digest != before.digest
    assert content(await after.find("a")) == b"new"


async def test_what_was_removed_meanwhile_is_got_again(
    stored: Stored, elsewhere: Elsewhere, layout: Layout, tmp_path: Path
) -> None:
    image = await known(stored)
    for one in (tmp_path / "cache").iterdir():
        one.unlink()
    shutil.rmtree(layout.blobs)
    stored.forget(image)
    again = await stored.image(NAME)
    assert content(await again.find("a")) == b"above"
    assert elsewhere.count == 2


async def test_an_image_without_layers(stored: Stored, layout: Layout) -> None:
    config = layout.put_bytes(b"{}", media.OCI_CONFIG)
    empty = layout.put_bytes(encode(Manifest(2, config, [])), media.OCI_MANIFEST)
    layout.tag("reg.io/empty:1", empty)
    with pytest.raises(NotFound, match="no layers"):
        await stored.image(parse("reg.io/empty:1"))


async def test_a_layer_that_is_no_tar(stored: Stored, layout: Layout) -> None:
    layout.tag("reg.io/bad:1", add_packed(layout, b"!" * 4096))
    image = await stored.image(parse("reg.io/bad:1"))
    with pytest.raises(Refused):
        await image.find("a")
    await until(lambda: image.digest not in stored._open)
    assert stored.warm(parse("reg.io/bad:1")) is None


async def test_alone_it_serves_what_is_there(tmp_path: Path, layout: Layout) -> None:
    cache = Cache(tmp_path / "cache", 1 << 20)
    cache.open()
    stored = Stored(layout, Expander(layout, cache), None)
    with pytest.raises(Missing):
        await stored.image(NAME)
    layout.tag(NAME.key, add_packed(layout, {"a": b"1"}, packing="zstd"))
    assert content(await (await stored.image(NAME)).find("a")) == b"1"
    await stored.close()
