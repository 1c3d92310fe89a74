from pathlib import Path

import pytest

from kit.oci.core.documents import Descriptor, describe
from kit.oci.core.refusals import Refused
from kit.oci.writing import Writer, replaced

CONTENT = b"layer" * 1000
EXPECTED = describe(CONTENT, "x")


class Store:
    def __init__(self, folder: Path) -> None:
        self.ingest, self.blobs = folder / "ingest", folder / "blobs"
        self.ingest.mkdir()
        self.blobs.mkdir()

    def writer(self, expected: Descriptor | None = EXPECTED, limit: int | None = None) -> Writer:
        return Writer(self.ingest, self.blobs, expected, limit)

    def found(self) -> dict[str, bytes]:
        return {one.name: one.read_bytes() for one in self.blobs.iterdir()}

    def left(self) -> list[str]:
        return [one.name for one in self.ingest.iterdir()]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


WHOLE = {EXPECTED.digest[7:]: CONTENT}


@pytest.mark.parametrize("expected", [EXPECTED, None])
def test_a_blob_appears_when_it_is_whole(store: Store, expected: Descriptor | None) -> None:
    with store.writer(expected) as writer:
        writer.write(CONTENT[:7])
        writer.write(CONTENT[7:])
        assert not store.found()
        assert writer.commit() == EXPECTED.digest
    assert store.found() == WHOLE
    assert not store.left()


def test_another_content_is_refused_and_leaves_nothing(store: Store) -> None:
    with store.writer() as writer:
        writer.write(CONTENT[:-1] + b"x")
        with pytest.raises(Refused, match="what came are 5000"):
            writer.commit()
    assert not store.found()
    assert not store.left()


def test_more_than_was_said_is_refused_before_it_is_written(store: Store) -> None:
    with store.writer() as writer:
        writer.write(CONTENT)
        with pytest.raises(Refused, match="more than the 5000 bytes"):
            writer.write(b"x")
    assert not store.left()
    with store.writer(None, limit=3) as writer, pytest.raises(Refused, match="more than the 3"):
        writer.write(b"four")


def test_what_broke_off_is_gone_on_from(store: Store) -> None:
    with store.writer() as writer:
        writer.write(CONTENT[:2000])
    with store.writer() as writer:
        assert writer.offset == 2000
        with pytest.raises(Refused):
            writer.commit()
    with store.writer() as writer:
        assert writer.offset == 2000
        writer.write(CONTENT[2000:])
        writer.commit()
    assert store.found() == WHOLE


def test_a_leftover_that_cannot_be_the_blob_is_forgotten(store: Store) -> None:
    (store.ingest / f"{EXPECTED.digest[7:]}.part").write_bytes(CONTENT + b"more")
    with store.writer() as writer:
        assert writer.offset == 0
        writer.write(b"wrong")
        writer.restart()
        writer.write(CONTENT)
        writer.commit()
    assert store.found() == WHOLE


def test_two_at_once_do_not_meet(store: Store) -> None:
    with store.writer() as first, store.writer() as second:
        first.write(CONTENT[:100])
        second.write(CONTENT)
        second.commit()
        first.write(CONTENT[100:])
        first.commit()
    assert store.found() == WHOLE
    assert not store.left()


def test_what_nobody_named_leaves_nothing_when_it_breaks_off(store: Store) -> None:
    with store.writer(None) as writer:
        writer.write(b"some")
        assert store.left()
    writer.close()
    assert not store.left()


def test_a_file_is_replaced(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        replaced(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
