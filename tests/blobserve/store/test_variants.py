import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import pytest
import zstandard

from blobserve.core.compose import Piece
from blobserve.core.replies import Asked
from blobserve.store.cache import Cache
from blobserve.store.variants import Variants
from tests.waiting import until

SCRIPT = b"export const a = 1;\n" * 500
UNPACKED = {"br": brotli.decompress, "zstd": zstandard.decompress, "gzip": gzip.decompress}


@pytest.fixture
async def variants(tmp_path: Path) -> AsyncIterator[Variants]:
    cache = Cache(tmp_path / "cache", 1 << 20)
    cache.open()
    made = Variants(cache)
    yield made
    await made.close()


@pytest.fixture
def piece(tmp_path: Path) -> Piece:
    (tmp_path / "tar").write_bytes(b"before" + SCRIPT + b"after")
    return Piece(str(tmp_path / "tar"), 6, len(SCRIPT), "tag")


@pytest.mark.parametrize(("coding", "suffix"), [("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz")])
async def test_the_second_who_asks_gets_it_compressed(
    variants: Variants, piece: Piece, coding: str, suffix: str
) -> None:
    asked = Asked("GET", accept_encoding=coding)
    assert variants.of(asked, piece, "a.js", 1) == {}
    await until(lambda: variants.of(asked, piece, "a.js", 1))
    made = variants.of(asked, piece, "a.js", 1)[suffix]
    assert UNPACKED[coding](Path(made.blob).read_bytes()) == SCRIPT
    assert made.size == Path(made.blob).stat().st_size


async def test_the_best_that_the_asker_takes(variants: Variants, piece: Piece) -> None:
    asked = Asked("GET", accept_encoding="gzip, br, zstd")
    await until(lambda: variants.of(asked, piece, "a.js", 1))
    assert list(variants.of(asked, piece, "a.js", 1)) == [".br"]


@pytest.mark.parametrize(
    ("asked", "name", "size"),
    [
        (Asked("GET"), "a.js", 5000),
        (Asked("GET", accept_encoding="br"), "a.png", 5000),
        (Asked("GET", accept_encoding="br"), "a.js", 999),
        (Asked("GET", accept_encoding="br"), "a.js", 1 << 30),
        (Asked("GET", accept_encoding="br", range="bytes=0-1"), "a.js", 5000),
    ],
)
async def test_what_is_not_worth_it(variants: Variants, asked: Asked, name: str, size: int) -> None:
    assert variants.of(asked, Piece("nowhere", 0, size, "t"), name, 1) == {}
    assert not variants._making


async def test_what_does_not_get_smaller_is_tried_once(variants: Variants, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(os.urandom(5000))
    piece = Piece(str(tmp_path / "noise"), 0, 5000, "t")
    asked = Asked("GET", accept_encoding="br")
    assert variants.of(asked, piece, "a.js", 1) == {}
    await until(lambda: variants._useless)
    assert variants.of(asked, piece, "a.js", 1) == {}
    assert not variants._making
