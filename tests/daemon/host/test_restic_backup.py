"""One backup: made once for its point, not at all when nothing has moved."""

import json
import os
import subprocess

import pytest

from daemon.core.faults import BackupFailed
from daemon.host.restic_backup import only_vanished

pytestmark = pytest.mark.root


async def test_an_earlier_try_gives_way_to_one_that_is_known_to_be_whole(place):
    (place.tree / "a").write_text("a")
    first = await place.backup("p")
    (place.tree / "b").write_text("b")  # what the first one may have failed at
    again = await place.backup("p")
    assert again["summary"]["total_files_processed"] == 3  # with the manifest
    assert [one["tags"][0] for one in again["snapshots"]] == ["point:p"]
    assert again["snapshots"][0]["id"] != first["snapshots"][0]["id"]
    assert again["fingerprint"] != first["fingerprint"]


async def test_nothing_is_done_when_nothing_has_moved(place):
    (place.tree / "a").write_text("a")
    first = await place.backup("p")
    assert await place.backup("q", fingerprint=first["fingerprint"]) == {"unchanged": True}
    (place.tree / "a").write_text("b")
    assert not (await place.backup("q", fingerprint=first["fingerprint"]))["unchanged"]


async def test_what_is_left_out_is_not_in_it(place):
    for name in ("node_modules/x/y", "src/kept", "src/$HOME"):
        path = place.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    excludes = ["workspace/**/node_modules", "workspace/src/$HOME"]
    answer = await place.backup("p", excludes=excludes)
    assert answer["summary"]["total_files_processed"] == 2  # one, and the manifest


@pytest.fixture
def small(place):
    """Backups on a file system of their own, with 3 MB."""
    where = place.folder / "backups"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", where], check=True)
    yield place
    subprocess.run(["umount", where], check=True)


async def test_a_full_disk_is_told_and_leaves_the_older_points(small):
    (small.tree / "a").write_text("a")
    await small.backup("p")
    (small.tree / "big").write_bytes(os.urandom(8 << 20))
    with pytest.raises(BackupFailed) as failed:
        await small.backup("q")
    assert failed.value.fault.code == "disk_full_backup"
    (small.tree / "big").unlink()
    answer = await small.backup("r")
    assert [one["tags"][0] for one in answer["snapshots"]] == ["point:p", "point:r"]


def line(**error: object) -> str:
    return json.dumps({"message_type": "error", "error": error, "during": "archival"})


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("", True),
        (line(Op="lstat", Path="/tree/x", Err=2), True),
        (line(Op="open", Path="/tree/x", Err=20) + "\n" + line(Err=2), True),
        (line(Op="read", Path="/tree/x", Err=5), False),
        (json.dumps({"message_type": "error", "error": "text"}), False),
        ("panic", False),
        ("[]", False),
    ],
)
def test_only_what_has_gone_meanwhile_may_be_missing(said, fine):
    assert only_vanished(said) is fine


async def test_a_failure_that_nobody_knows_reads_all_only_when_it_is_to(place):
    (place.tree / "a").write_text("a")
    await place.snapshot("p")
    for doubts in (True, False):
        place.told.clear()
        with pytest.raises(BackupFailed) as failed:
            await place.backup("q", excludes=["["], doubts=doubts)
        assert failed.value.fault.code == "backup_failed", failed.value.fault
        assert any(one["step"] == "verifying" for one in place.told) == doubts


async def test_a_path_that_is_too_long_is_told(place):
    folder = os.open(place.tree, os.O_RDONLY)
    for _depth in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    with pytest.raises(BackupFailed) as failed:
        await place.backup("p")
    assert failed.value.fault.code == "path_too_long"
    assert "workspace/ddd" in failed.value.fault.detail
    assert await place.backup("p", excludes=["workspace/" + "d" * 250])
