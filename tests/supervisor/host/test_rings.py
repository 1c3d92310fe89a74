"""Bytes kept by offset."""

import os
from pathlib import Path

import pytest

from supervisor.core.scrollback import CAPACITY
from supervisor.host.processes import Account
from supervisor.host.rings import FileRing, FullRing


@pytest.fixture
def ring(account: Account, tmp_path: Path) -> FileRing:
    return FileRing(str(tmp_path), account)


def test_bytes_come_back_over_the_rings_end(ring):
    ring.store(CAPACITY - 3, b"abcdef")
    assert ring.load(CAPACITY - 3, 6) == b"abcdef"
    assert ring.load(0, 3) == b"def"
    ring.close()
    ring.close()
    assert ring.fileno() == -1


def test_it_is_the_persons_and_nobody_elses(tmp_path):
    other = Account(12345, 12346, "other", str(tmp_path), "/bin/sh")
    ring = FileRing(str(tmp_path), other)
    ring.store(0, b"x")
    seen = os.fstat(ring.fileno())
    assert seen.st_mode & 0o777 == 0o600
    if os.geteuid() == 0:
        assert (seen.st_uid, seen.st_gid) == (12345, 12346)
    assert seen.st_nlink == 0
    ring.close()


def test_a_file_system_without_nameless_files_gets_one_that_loses_its_name(ring, tmp_path):
    made = ring._unlinked()
    assert list(tmp_path.iterdir()) == []
    os.close(made)


def test_a_cut_file_gives_what_comes_before_the_cut(ring):
    ring.store(0, b"0123456789")
    os.ftruncate(ring.fileno(), 4)
    assert ring.load(0, 10) == b"0123"
    ring.close()


def test_a_full_disk_refuses(ring):
    full = FullRing(ring, 4)
    full.store(0, b"abcd")
    with pytest.raises(OSError, match="No space"):
        full.store(4, b"e")
    assert (full.load(0, 4), full.fileno()) == (b"abcd", ring.fileno())
    full.close()
