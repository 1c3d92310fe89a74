"""What has come of an image: read again, gone on from, and swept away."""

import os
from pathlib import Path

import pytest

from daemon.host import arriving
from daemon.host.arriving import PREFIX, Arriving, sweep
from daemon.host.registry import Unavailable
from daemon.host.unpacking import Layer

IMAGE, OTHER, DIGEST = (f"sha256:{one * 64}" for one in "abc")
NOW = 1_000_000_000.0


class Broken:
    """A registry of one layer that breaks off after so many bytes each time."""

    def __init__(self, content: bytes, step: int, code: str = "image_unreachable") -> None:
        self.content, self.step, self.code = content, step, code
        self.asked: list[int] = []

    async def blob(self, _name, _digest, start=0, _size=0):
        self.asked.append(start)
        end = start + self.step
        yield self.content[start:end]
        if end < len(self.content):
            raise Unavailable(self.code, "broke off")


def layer(size: int) -> Layer:
    return Layer(DIGEST, size, DIGEST)


async def taken(image: Arriving, source: Broken, size: int) -> bytes:
    return b"".join([one async for one in image.layer(source, "name", layer(size))])


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "_PAUSE", 0.0)


async def test_it_goes_on_as_long_as_that_leads_further(tmp_path: Path) -> None:
    content, image = bytes(range(256)) * 20, Arriving(tmp_path, IMAGE)
    source = Broken(content, 2000)
    assert await taken(image, source, len(content)) == content
    assert source.asked == [0, 2000, 4000]
    assert not image.resumed
    again = Arriving(tmp_path, IMAGE)
    assert await taken(again, Broken(b"", 0), len(content)) == content, "nobody is asked"
    assert again.resumed


async def test_it_gives_up_where_nothing_comes(tmp_path: Path) -> None:
    stuck, denied = Broken(b"x" * 9, 0), Broken(b"x" * 9, 3, "image_denied")
    for source, count in ((stuck, 4), (denied, 1)):
        with pytest.raises(Unavailable):
            await taken(Arriving(tmp_path, IMAGE), source, 9)
        assert len(source.asked) == count
    assert (tmp_path / f"{PREFIX}{'a' * 64}" / ("c" * 64)).read_bytes() == b"xxx"


async def test_more_than_there_can_be_is_begun_anew(tmp_path: Path) -> None:
    image = Arriving(tmp_path, IMAGE)
    await taken(image, Broken(b"x" * 9, 9), 9)
    assert await taken(image, Broken(b"y" * 5, 5), 5) == b"y" * 5
    image.forget()
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_goes_on_with_is_swept_and_no_more_than_so_much_kept(tmp_path: Path) -> None:
    def left(name: str, age: float, size: int = 10) -> Path:
        folder = tmp_path / f"{PREFIX}{name * 64}"
        folder.mkdir()
        (folder / "layer").write_bytes(bytes(size))
        for one in (folder / "layer", folder):
            os.utime(one, (NOW - age, NOW - age))
        return folder

    old, older, busy = left("1", 90_000), left("2", 7200, 50), left("a", 90_000)
    fresh = left("3", 60, 50)
    (tmp_path / ("f" * 64)).mkdir()
    sweep(tmp_path, NOW, 100, {IMAGE})
    assert not old.exists()
    assert older.exists()
    sweep(tmp_path, NOW, 99, {IMAGE})
    assert not older.exists()
    assert fresh.exists()
    assert busy.exists()
    assert (tmp_path / ("f" * 64)).exists()
