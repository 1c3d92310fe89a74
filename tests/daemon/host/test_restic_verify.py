"""What was written is read back before it counts."""

import pytest

from daemon.core.faults import BackupFailed

pytestmark = pytest.mark.root


async def test_everything_that_was_written_is_read_back(place):
    (place.tree / "a").write_text("a")
    answer = await place.backup("p")
    there = {
        one.name
        for name in ("data", "index", "snapshots")
        for one in (place.repository / name).rglob("*")
        if one.is_file()
    }
    assert set(answer["verified"]) == there
    assert any(one["step"] == "verifying" for one in place.told)


async def test_a_pack_that_reads_back_wrong_is_no_backup(place):
    (place.tree / "a").write_text("a")
    await place.backup("p")
    pack = next(one for one in (place.repository / "data").rglob("*") if one.is_file())
    pack.chmod(0o600)
    pack.write_bytes(bytes([pack.read_bytes()[0] ^ 1]) + pack.read_bytes()[1:])
    with pytest.raises(BackupFailed) as failed:
        await place.backup("p")
    assert failed.value.fault.code == "repository_damaged"
    assert pack.name in failed.value.fault.detail


async def test_what_was_read_back_before_is_not_read_again(place):
    (place.tree / "a").write_text("a")
    known = (await place.backup("p"))["verified"]
    place.told.clear()
    fresh = set((await place.backup("q", verified=known))["verified"]) - set(known)
    sizes = {one.name: one.stat().st_size for one in place.repository.rglob("*")}
    read = [one["done"] for one in place.told if one["step"] == "verifying"]
    assert read[-1] == sum(sizes[name] for name in fresh)


async def test_a_pack_that_is_lost_later_is_no_backup_but_one_that_was_taken_out_is(place):
    (place.tree / "a").write_text("a")
    known = (await place.backup("p"))["verified"]
    packs = (one for one in (place.repository / "data").rglob("*") if one.is_file())
    first = min(packs, key=lambda one: one.stat().st_size)  # that of files: no tree is in it
    (place.tree / "a").write_text("b")
    before = [*known, "0" * 64]
    known = (await place.backup("q", verified=before, pruned=True))["verified"]
    assert "0" * 64 not in known
    first.unlink()
    (place.tree / "a").write_text("c")
    with pytest.raises(BackupFailed) as failed:
        await place.backup("r", verified=known)
    assert failed.value.fault.code == "repository_damaged"
