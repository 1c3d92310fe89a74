"""What a look over a tree notes, and what counts as a change."""

import os
import socket
from contextlib import chdir

import pytest

from daemon.host.survey import spell, survey, unspell


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "workspace" / "demo").mkdir(parents=True)
    (tmp_path / "workspace" / "demo" / "a").write_text("one")
    return tmp_path


def look(tree, *excludes):
    return survey(os.fsencode(tree), [b"workspace"], list(excludes))


def test_files_are_counted_and_a_quiet_tree_has_one_fingerprint(tree):
    first = look(tree)
    assert (first.files, first.bytes) == (1, 3)
    assert look(tree).fingerprint == first.fingerprint
    assert first.manifest() == {
        "version": 1, "holes": [], "sockets": [], "links": [], "times": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda demo: (demo / "a").write_text("two"),
        lambda demo: (demo / "b").touch(),
        lambda demo: (demo / "a").chmod(0o600),
        lambda demo: (demo / "a").rename(demo / "c"),
        lambda demo: os.setxattr(demo / "a", "user.x", b"1"),
        lambda demo: (demo / "a").unlink(),
    ],
)
def test_every_change_is_seen(tree, change):
    first = look(tree)
    change(tree / "workspace" / "demo")
    assert look(tree).fingerprint != first.fingerprint


def test_the_supervisors_samples_are_no_change(tree):
    diary = tree / "workspace" / ".podium"
    diary.mkdir()
    (diary / "day").write_text("1")
    first = look(tree)
    (diary / "day").write_text("22")
    assert look(tree).fingerprint == first.fingerprint


def test_what_is_left_out_is_no_change(tree):
    first = look(tree, "workspace/**/node_modules", "workspace/demo/*.log")
    below = tree / "workspace" / "node_modules" / "x"
    below.mkdir(parents=True)
    (tree / "workspace" / "demo" / "a.log").touch()
    os.utime(tree / "workspace" / "demo", ns=(1, 1))
    second = look(tree, "workspace/**/node_modules", "workspace/demo/*.log")
    assert second.files == first.files == 1


def test_what_restic_would_lose_is_noted(tree):
    demo = tree / "workspace" / "demo"
    with (demo / "sparse").open("wb") as file:
        file.write(b"x" * 4096)
        file.truncate(1 << 20)
    os.symlink(b"\xff", bytes(demo) + b"/link")
    os.symlink("fine", demo / "fine")
    os.utime(demo / "a", ns=(0, 9_300_000_000 * 10**9))
    with socket.socket(socket.AF_UNIX) as one, chdir(demo):  # its whole path may be too long
        one.bind("sock")
    found = look(tree)
    assert found.holes == [["workspace/demo/sparse", 1 << 20, [[4096, (1 << 20) - 4096]]]]
    assert [one[0] for one in found.sockets] == ["workspace/demo/sock"]
    assert found.links == [["workspace/demo/link", "\xff"]]
    assert found.times == [["workspace/demo/a", 9_300_000_000 * 10**9]]


def test_any_bytes_come_back():
    every = bytes(range(256))
    assert unspell(spell(every)) == every


def test_holes_beyond_the_most_are_left_out_file_by_file(tree):
    for name, places in (("many", (0, 1 << 20, 2 << 20)), ("one", (0,))):
        with (tree / "workspace" / name).open("wb") as file:
            for place in places:
                file.seek(place)
                file.write(b"x")
            file.truncate(8 << 20)
    seen = survey(os.fsencode(tree), [b"workspace"], [], most_holes=2)
    assert [path for path, _size, _holes in seen.holes] == ["workspace/one"]
    assert len(look(tree).holes) == 2
