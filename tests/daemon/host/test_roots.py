"""Roots on disk: whole or not there, and removed however deep they are."""

import os
import stat
from pathlib import Path

import pytest

from daemon.core.images import Record
from daemon.host.roots import ROOT, Roots

IMAGE = f"sha256:{'a' * 64}"
RECORD = Record(image=IMAGE, source="docker.io/library/x", size=5, entries=1, env=["A=b"])


@pytest.fixture
def roots(tmp_path) -> Roots:
    made = Roots(tmp_path / "roots")
    made.open()
    return made


def names(roots: Roots) -> set[str]:
    return {one.name for one in roots.folder.iterdir()}


def test_a_root_appears_when_it_is_whole(roots):
    growing = roots.begin()
    (growing / ROOT / "file").write_text("x")
    assert roots.record(IMAGE) is None
    assert roots.kept() == []
    roots.finish(growing, RECORD)
    assert roots.record(IMAGE) == RECORD
    assert [one.image for one in roots.kept()] == [IMAGE]
    assert names(roots) == {"a" * 64}
    assert stat.S_IMODE(roots.folder.stat().st_mode) == 0o700


def test_a_crash_leaves_nothing(roots):
    growing = roots.begin()
    deep = growing / ROOT
    for _one in range(400):
        deep /= "d" * 9
        if len(str(deep)) > 3900:
            break
        deep.mkdir()
    Roots(roots.folder).open()
    assert names(roots) == set()


def test_a_tree_deeper_than_any_name_is_removed(roots):
    growing = roots.begin()
    before = Path.cwd()
    try:
        os.chdir(growing)
        for _one in range(1200):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    roots.give_up(growing)
    assert names(roots) == set()


def test_use_is_noted_and_a_root_discarded(roots):
    roots.finish(roots.begin(), RECORD)
    os.utime(roots.folder / ("a" * 64) / "image.json", (5, 5))
    assert roots.kept()[0].used == 5
    roots.touch(IMAGE)
    assert roots.kept()[0].used > 5
    roots.touch("0aa")  # one of set-up's
    roots.discard(IMAGE)
    roots.discard(IMAGE)
    assert names(roots) == set()


def test_what_lies_in_the_way_without_a_record_goes(roots):
    (roots.folder / ("a" * 64) / ROOT).mkdir(parents=True)
    assert roots.record(IMAGE) is None
    roots.finish(roots.begin(), RECORD)
    assert roots.record(IMAGE) == RECORD


def test_images_of_set_up_are_none_of_them(roots):
    assert roots.record("0aa") is None
