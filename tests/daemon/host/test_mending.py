"""What is made again after a restore, and what is left alone."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.host.mending import bent, mend

pytestmark = pytest.mark.root


def test_holes_come_back_with_the_files_own_time(tmp_path):
    path = tmp_path / "sparse"
    path.write_bytes(b"x" * 4096 + bytes((3 << 20) - 4096 + 5))
    os.utime(path, ns=(7, 8))
    size = path.stat().st_size
    mend(os.fsencode(tmp_path), {"holes": [["sparse", size, [[4096, size - 4096]]]]})
    found = path.stat()
    assert (found.st_size, found.st_blocks, found.st_mtime_ns) == (size, 8, 8)


@pytest.mark.parametrize(
    ("size", "holes"), [(100, [[0, 4096]]), (8192, [[4096, 8192]]), (8192, [[-4096, 4096]])]
)
def test_a_hole_that_does_not_fit_is_left_as_it_is(tmp_path, size, holes):
    path = tmp_path / "a"
    path.write_bytes(bytes(8192))
    mend(os.fsencode(tmp_path), {"holes": [["a", size, holes], ["gone", 1, [[0, 1]]]]})
    assert path.stat().st_blocks == 16


def test_data_is_never_made_a_hole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 8192)
    mend(os.fsencode(tmp_path), {"holes": [["a", 8192, [[0, 8192]]]]})
    assert path.read_bytes() == b"x" * 8192


def test_a_socket_is_made_where_nothing_is(tmp_path):
    (tmp_path / "taken").write_text("x")
    os.utime(tmp_path, ns=(5, 5))
    sockets = [[one, 0o2711, 12, 13, 99] for one in ("sock", "taken", "no/folder")]
    mend(os.fsencode(tmp_path), {"sockets": sockets})
    found = (tmp_path / "sock").lstat()
    assert (oct(found.st_mode), found.st_uid, found.st_gid, found.st_mtime_ns) == (
        oct(stat.S_IFSOCK | 0o2711), 12, 13, 99,
    )  # fmt: skip
    assert (tmp_path / "taken").read_text() == "x"
    assert tmp_path.stat().st_mtime_ns == 5


def test_a_link_says_again_what_it_said(tmp_path):
    for name, said in (("bent", bent(b"a\xff")), ("other", b"elsewhere")):
        os.symlink(said, os.fsencode(tmp_path / name))
    os.chown(tmp_path / "bent", 1, 2, follow_symlinks=False)
    links = [[one, "a\xff"] for one in ("bent", "other", "gone")]
    mend(os.fsencode(tmp_path), {"links": links, "times": [["bent", 9_300_000_000 * 10**9]]})
    assert os.readlink(os.fsencode(tmp_path / "bent")) == b"a\xff"
    found = (tmp_path / "bent").lstat()
    assert (found.st_uid, found.st_gid, found.st_mtime_ns) == (1, 2, 9_300_000_000 * 10**9)
    assert os.readlink(os.fsencode(tmp_path / "other")) == b"elsewhere"


@given(st.binary(max_size=40))
def test_a_bent_link_is_utf8_and_a_good_one_stays(target):
    bent(target).decode()
    if target.decode(errors="ignore").encode() == target:
        assert bent(target) == target
