from pathlib import Path

import pytest

from blobserve.store.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "cache", 100)
    made.open()
    return made


def put(cache: Cache, name: str, size: int, now: float, *, whole: bool = True) -> None:
    with cache.begin(name) as file:
        file.write(b"x" * size)
    cache.end(name, now, whole=whole)


def test_a_file_counts_when_it_is_whole(cache: Cache) -> None:
    assert not cache.use("a", 1)
    with cache.begin("a") as file:
        file.write(b"some")
        assert cache.path("a").read_bytes() == b"some"
        assert not cache.use("a", 1)
    cache.end("a", 1, whole=True)
    assert cache.use("a", 1)


def test_what_broke_off_is_gone(cache: Cache) -> None:
    put(cache, "a", 10, 1, whole=False)
    assert not cache.use("a", 1)
    assert not cache.path("a").exists()


def test_the_least_recently_used_go_first(cache: Cache) -> None:
    for number, name in enumerate("abc"):
        put(cache, name, 40, number)
        cache.use("a", 10 + number)
    assert [name for name in "abc" if cache.use(name, 20)] == ["a", "c"]
    assert not cache.path("b").exists()


def test_what_somebody_removed_is_not_there(cache: Cache) -> None:
    put(cache, "a", 10, 1)
    cache.path("a").unlink()
    assert not cache.use("a", 1)
    put(cache, "a", 10, 1)
    assert cache.use("a", 1)


def test_after_a_crash_whole_files_are_taken_up_and_others_removed(cache: Cache) -> None:
    put(cache, "whole", 60, 1)
    cache.begin("half").close()
    (cache.path("lost.whole")).touch()
    later = Cache(cache.path(""), 100)
    later.open()
    assert later.use("whole", 1)
    assert sorted(one.name for one in cache.path("").iterdir()) == ["whole", "whole.whole"]
    smaller = Cache(cache.path(""), 50)
    smaller.open()
    assert not smaller.use("whole", 1)
