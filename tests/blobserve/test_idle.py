"""When files are compressed harder, and that nobody who asks has to share the machine with it."""

import json
from pathlib import Path, PurePosixPath

import pytest

from blobserve.idle import load, newest, recompress_when_quiet
from blobserve.store.better import Better
from blobserve.store.images import Images
from blobserve.web import Site
from tests.blobserve.images import make_image
from tests.blobserve.serving import CHECKOUT
from wire.layout import Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An installation whose newest build is b1."""
    made = Layout(*(PurePosixPath(tmp_path / one) for one in ("home", "cache", "run")))
    monkeypatch.setenv("PODIUM_HOME", str(made.home))
    monkeypatch.setenv("PODIUM_CACHE", str(made.cache))
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    make_image(Path(made.assets))
    Path(made.home).mkdir()
    Path(made.artefacts).write_text(json.dumps({"assets": "b1", "image": "x"}))
    return made


def test_the_newest_build_is_what_set_up_says(layout: Layout) -> None:
    assert newest(layout) == "b1"
    Path(layout.artefacts).write_text("{")
    assert newest(layout) == ""
    Path(layout.artefacts).unlink()
    assert newest(layout) == ""


async def test_after_a_quiet_while_variants_are_made_and_served(layout: Layout) -> None:
    images, better = Images(Path(layout.assets)), Better(Path(layout.blobserve_home))
    better.add("gone", "a.br", b"x")
    load(images, better, "b1")
    image = images.of_build("b1")
    assert image is not None
    assert image.better == {}
    await recompress_when_quiet(layout, Site(images, frozenset()), images, better, 0.01)
    assert set(image.better) == {"out/a.css.br", "out/a.js.br"}
    assert better.of_build("gone") == {}


async def test_without_a_newest_build_nothing_is_made(layout: Layout) -> None:
    Path(layout.artefacts).unlink()
    images, better = Images(Path(layout.assets)), Better(Path(layout.blobserve_home))
    await recompress_when_quiet(layout, Site(images, frozenset()), images, better, 0)
    assert better.of_build("b1") == {}
