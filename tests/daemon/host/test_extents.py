"""Where files lie on a real disk, and that the node has room for what was set aside in them."""

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from daemon.host import extents
from daemon.host.disks import Disks

MIB = 1 << 20
SIZE = 64 * MIB
NAME = "amber-otter-4k2hw9xz1q"


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[Disks]:
    (tmp_path / "content").mkdir()
    made = Disks(tmp_path / "disks", tmp_path / "content")
    made.open()
    made.give(NAME, SIZE)
    yield made
    made.close()


def set_aside(path: Path, size: int) -> None:
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def test_what_one_has_of_another_is_cut_out() -> None:
    found = extents.without(iter([(0, 10), (20, 30)]), iter([(22, 24), (8, 21), (40, 50)]))
    assert list(found) == [(0, 8), (21, 22), (24, 30)]
    assert list(extents.without(iter([(5, 7)]), iter([(0, 9)]))) == []


@pytest.mark.root
def test_a_file_lies_where_files_are(disks: Disks) -> None:
    place = disks.place(NAME)
    set_aside(place / "a", 5 * MIB)
    (own,) = extents.of_file(place / "a")
    assert own[1] - own[0] == 5 * MIB
    assert any(start <= own[0] and own[1] <= end for start, end in extents.of_files(place))


@pytest.mark.root
def test_many_pieces_are_all_found(disks: Disks) -> None:
    place = disks.place(NAME)
    for number in range(1500):
        set_aside(place / f"{number}", 4096)
    os.sync()
    before = sum(end - start for start, end in extents.of_files(place))
    for number in range(0, 1500, 2):
        (place / f"{number}").unlink()
    os.sync()
    pieces = list(extents.of_files(place))
    assert len(pieces) > 700
    assert before - sum(end - start for start, end in pieces) > 700 * 4096
    there = (one for path in place.iterdir() if path.is_file() for one in extents.of_file(path))
    assert list(extents.without(there, iter(pieces))) == []
    assert all(one[1] <= other[0] for one, other in pairwise(pieces))


@pytest.mark.root
def test_what_is_set_aside_is_taken_of_the_node_but_for_one_file(disks: Disks) -> None:
    place, image = disks.place(NAME), disks.folder(NAME) / "image"
    set_aside(place / "a", 10 * MIB)
    set_aside(place / "b", 20 * MIB)
    before = disks.used_bytes(NAME)
    extents.back(image, place, "b")
    assert 10 * MIB <= disks.used_bytes(NAME) - before < 16 * MIB
