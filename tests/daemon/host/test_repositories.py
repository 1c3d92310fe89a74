"""Repositories on disk: a whole one or none, and notes that may be lost."""

import pytest

from daemon.core.points import Book, Point
from tests.daemon.restics import KEY, WORKSPACE

pytestmark = pytest.mark.root


async def test_a_repository_begins_whole_over_what_a_crash_has_left(place):
    half = place.repository.with_name("repository.new")
    half.mkdir(parents=True)
    (half / "config").write_text("half")
    assert not (await place.repositories.look(KEY)).exists
    await place.repositories.start(KEY)
    await place.repositories.start(KEY)
    assert not half.exists()
    look = await place.repositories.look(KEY)
    assert (look.exists, look.snapshots) == (True, frozenset())
    assert place.repositories.workspaces() == [WORKSPACE]


def test_notes_may_be_lost_or_damaged(place):
    (place.folder / "backups" / WORKSPACE).mkdir()
    kept = Book(points={"p": Point(point="p", time=1.5)}, fingerprint="f", newest="p")
    place.repositories.keep_book(WORKSPACE, kept)
    assert place.repositories.book(WORKSPACE) == kept
    (place.folder / "backups" / WORKSPACE / "points.json").write_text("{")
    assert place.repositories.book(WORKSPACE) == Book()
    assert place.repositories.verified(WORKSPACE) == []
    place.repositories.keep_verified(WORKSPACE, ["a", "b"])
    assert place.repositories.verified(WORKSPACE) == ["a", "b"]
    for name in ("points.json", "verified"):
        (place.folder / "backups" / WORKSPACE / name).write_bytes(b"a\nb\n\xff\0")
    assert place.repositories.book(WORKSPACE) == Book()
    assert place.repositories.verified(WORKSPACE) == []
    (place.folder / "backups" / WORKSPACE / "verified").write_text("a\nno hash\n")
    assert place.repositories.verified(WORKSPACE) == []


async def test_dropping_frees_everything_and_is_done_once(place):
    await place.repositories.start(KEY)
    assert place.repositories.size(WORKSPACE) > 0
    assert await place.repositories.drop(WORKSPACE) > 0
    assert await place.repositories.drop(WORKSPACE) == 0
    assert list((place.folder / "backups").iterdir()) == []


def test_a_drop_that_was_cut_is_finished_at_the_next_start(place):
    (place.folder / "backups" / f".trash-{WORKSPACE}" / "x").mkdir(parents=True)
    place.repositories.open()
    assert [one.name for one in (place.folder / "backups").iterdir()] == [".ballast"]
