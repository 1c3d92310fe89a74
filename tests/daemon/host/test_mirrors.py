"""Mirrors on disk: made on first use, dropped when old, never while somebody uses them."""

import fcntl
import os

import pytest

from daemon.core.mirror import mirror_key
from daemon.host.mirrors import Mirrors

URLS = [f"https://example.org/{name}" for name in ("old", "middle", "new")]


@pytest.fixture
def mirrors(tmp_path) -> Mirrors:
    made = Mirrors(tmp_path / "mirrors", 2_500_000, os.getuid())
    made.open()
    return made


def fill(mirrors: Mirrors) -> None:
    for age, url in enumerate(URLS):
        place = mirrors.place(url)
        assert place is not None
        (place.store / "git").mkdir()
        (place.store / "git" / "pack").write_bytes(b"x" * 1_000_000)
        os.utime(place.lock, (age, age))


def test_a_place_is_the_same_each_time_and_closed_to_others(mirrors, tmp_path):
    place = mirrors.place(URLS[0])
    assert place == mirrors.place(f"{URLS[0]}.git")
    assert place.store.is_dir()
    assert (tmp_path / "mirrors").stat().st_mode & 0o777 == 0o700
    assert place.store.parent.stat().st_mode & 0o777 == 0o700


def test_without_a_limit_there_is_none(tmp_path):
    assert Mirrors(tmp_path, 0, 0).place(URLS[0]) is None


def test_the_oldest_goes_and_its_place_stays(mirrors):
    fill(mirrors)
    assert mirrors.trim() == [mirror_key(URLS[0])]
    place = mirrors.place(URLS[0])
    assert list(place.store.iterdir()) == []
    assert place.lock.exists()
    assert mirrors.trim() == []


def test_one_in_use_stays(mirrors):
    fill(mirrors)
    place = mirrors.place(URLS[0])
    os.utime(place.lock, (0, 0))
    with place.lock.open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert mirrors.trim() == []
    assert mirrors.trim() == [mirror_key(URLS[0])]


def test_removals_that_were_cut_are_finished(mirrors, tmp_path):
    trash = tmp_path / "mirrors" / ".trash-x"
    (trash / "objects").mkdir(parents=True)
    mirrors.open()
    assert not trash.exists()
