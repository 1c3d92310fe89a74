"""The files of a repository look the same on a disk and in a store."""

import pytest

from daemon.host.restic_files import Bucket, File
from daemon.host.restic_remote import Remote
from daemon.host.restic_run import ResticFailed


@pytest.fixture
def bucket(object_store, tmp_path):
    remote = Remote(
        object_store.place(tmp_path.name), object_store.credentials, 60, tmp_path / "me"
    )
    return Bucket(remote.plan("amber-otter-4k2hw9xz1q"))


def test_a_bucket_has_what_was_written(bucket, object_store, tmp_path):
    bucket.write("data/ab/abc", b"x" * (3 << 20))
    bucket.write("snapshots/s", b"s")
    bucket.write("config", b"c")
    assert list(bucket.all()) == [
        File("config", 1),
        File("data/ab/abc", 3 << 20),
        File("snapshots/s", 1),
    ]
    assert all(one.written > 1e9 for one in bucket.all())
    assert [one.name for one in bucket.all("snapshots")] == ["s"]
    assert b"".join(bucket.read("data/ab/abc")) == b"x" * (3 << 20)
    assert len(object_store.names(f"{tmp_path.name}/workspaces/amber-otter-4k2hw9xz1q")) == 3
    bucket.remove(["config", "snapshots/s", "never/there"])
    assert [one.path for one in bucket.all()] == ["data/ab/abc"]


def test_what_is_missing_is_told_as_that(bucket):
    with pytest.raises(ResticFailed, match=r"^store: missing: "):
        list(bucket.read("data/ab/abc"))


def test_a_store_that_is_away_is_told_as_that(object_store, tmp_path):
    remote = Remote(
        object_store.place(tmp_path.name, port=1), object_store.credentials, 60, tmp_path / "me"
    )
    with pytest.raises(ResticFailed, match=r"^store: failed: "):
        list(Bucket(remote.plan("x")).all())
