import asyncio
import threading
from pathlib import Path

import pytest

from blobserve.core.compose import Piece
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander, Layer
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from tests.blobserve.store.layered import add_packed
from tests.kit.oci.core.test_tars import of_type, packed, tarfile
from tests.waiting import until

FILES = {"a": b"first", "x/b": b"x" * 5000}
LARGE = {"first": b"1", "large": bytes(range(256)) * 16_000, "last": b"2"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "images")


@pytest.fixture
def expander(tmp_path: Path, layout: Layout) -> Expander:
    cache = Cache(tmp_path / "cache", 5 << 20)
    cache.open()
    return Expander(layout, cache)


def content(piece: Piece | None) -> bytes:
    assert piece is not None
    with Path(piece.blob).open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.size)


def layer_of(layout: Layout, files: dict[str, bytes] | bytes, packing: str = "gzip") -> Layer:
    image = add_packed(layout, files, packing=packing)
    return Layer(layout.image(image.digest).layers[0].digest)


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
async def test_files_of_a_layer(layout: Layout, expander: Expander, packing: str) -> None:
    layer = layer_of(layout, FILES, packing)
    expander.open(layer)
    layer.done = True
    assert {name: content(await layer.find(name)) for name in FILES} == FILES
    assert await layer.find("c") is None
    again = Layer(layer.digest)
    expander.open(again)
    assert again.files == layer.files
    assert expander.count == (0 if packing == "plain" else 1)


async def test_links_and_what_would_leave_the_image(layout: Layout, expander: Expander) -> None:
    archive = packed(
        [
            (tarfile.TarInfo("x/a"), b"content"),
            (of_type("x/soft", tarfile.SYMTYPE, "../x/a"), b""),
            (of_type("hard", tarfile.LNKTYPE, "x/a"), b""),
            (of_type("out", tarfile.SYMTYPE, "../../etc/passwd"), b""),
            (tarfile.TarInfo("../../etc/shadow"), b"root"),
            (tarfile.TarInfo("/etc/hosts"), b"here"),
            (of_type("null", tarfile.CHRTYPE), b""),
        ]
    )
    layer = layer_of(layout, archive)
    expander.open(layer)
    assert {name: piece.link for name, piece in layer.files.items()} == {
        "x/a": "",
        "x/soft": "x/a",
        "hard": "x/a",
        "out": "etc/passwd",
        "etc/hosts": "",
    }
    assert [name for name, piece in layer.files.items() if piece.hard] == ["hard"]


async def test_a_file_is_given_out_before_the_rest_is_there(
    layout: Layout, expander: Expander, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = layer_of(layout, LARGE)
    go = threading.Event()
    tell = layer.tell

    def hold() -> None:
        tell()
        go.wait(60)

    layer.tell = hold  # type: ignore[method-assign] # a layer whose tar comes slowly
    reading = asyncio.get_running_loop().run_in_executor(None, expander.open, layer)
    assert content(await layer.find("first")) == b"1"
    assert "last" not in layer.files
    assert not reading.done()
    go.set()
    await reading
    layer.done = True
    assert content(await layer.find("last")) == b"2"


async def test_who_waits_for_a_layer_that_cannot_be_read_is_told(layout: Layout) -> None:
    layer = Layer("sha256:" + "0" * 64)
    waiting = asyncio.get_running_loop().create_task(layer.find("a"))
    await until(lambda: layer._waiting)
    layer.fault = Refused("damaged")
    layer.tell()
    with pytest.raises(Refused, match="damaged"):
        await waiting


@pytest.mark.parametrize(
    ("archive", "why"),
    [
        (b"no tar at all".ljust(2048, b"!"), "no tar|number"),
        (packed([(tarfile.TarInfo("a"), b"x" * 5000)])[:2000], "middle of a file"),
        (packed([(tarfile.TarInfo("a"), bytes(6 << 20))]), "more than"),
    ],
)
async def test_layers_that_lie_leave_nothing(
    layout: Layout, expander: Expander, tmp_path: Path, archive: bytes, why: str
) -> None:
    layer = layer_of(layout, archive)
    with pytest.raises(Refused, match=why):
        expander.open(layer)
    assert list((tmp_path / "cache").iterdir()) == []


async def test_what_is_being_expanded_is_broken_off(
    layout: Layout, expander: Expander, tmp_path: Path
) -> None:
    expander.end()
    with pytest.raises(Refused, match="any more"):
        expander.open(layer_of(layout, FILES))
    assert list((tmp_path / "cache").iterdir()) == []


async def test_a_plain_layer_that_ends_too_early(layout: Layout, expander: Expander) -> None:
    layer = layer_of(layout, packed([(tarfile.TarInfo("a"), b"x" * 5000)])[:2000], "plain")
    with pytest.raises(Refused, match="middle of a file"):
        expander.open(layer)
