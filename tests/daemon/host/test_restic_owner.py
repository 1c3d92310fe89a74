"""The object store is one installation's: another one's node writes nothing there."""

import pytest

from daemon.core.faults import BackupFailed
from daemon.host.restic_remote import Remote
from kit.objectowner import kept, renew
from tests.daemon.restics import KEY, WORKSPACE, Place

pytestmark = pytest.mark.root


def place_of(folder, object_store, prefix):
    folder.mkdir()
    remote = Remote(object_store.place(prefix), object_store.credentials, 5.0, folder / "me", 0.0)
    return Place(folder, remote)


async def test_two_installations_do_not_write_to_one_prefix(tmp_path, object_store):
    one = place_of(tmp_path / "one", object_store, tmp_path.name)
    other = place_of(tmp_path / "other", object_store, tmp_path.name)
    try:
        (one.tree / "a").write_text("a")
        snapshot = await one.snapshot("p")
        before = object_store.names(tmp_path.name)
        for work in (
            lambda: other.repositories.start(KEY),
            lambda: other.backup("q"),
            lambda: other.run("forget", snapshots=[snapshot], verified=[], writes=True),
            lambda: other.run("repair", writes=True),
            lambda: other.repositories.drop(WORKSPACE),
        ):
            with pytest.raises(BackupFailed) as failed:
                await work()
            assert failed.value.fault.code == "store_owned", failed.value.fault
            assert kept(tmp_path / "one" / "me", 0.0).installation in failed.value.fault.detail
        assert object_store.names(tmp_path.name) == before
        assert (await other.repositories.look(KEY)).snapshots == {snapshot}
    finally:
        one.close()
        other.close()


async def test_who_is_restored_elsewhere_goes_on_and_who_stayed_behind_does_not(
    tmp_path, object_store
):
    old = place_of(tmp_path / "old", object_store, tmp_path.name)
    new = place_of(tmp_path / "new", object_store, tmp_path.name)
    try:
        await old.snapshot("p")
        (tmp_path / "new" / "me").write_bytes((tmp_path / "old" / "me").read_bytes())
        renew(tmp_path / "new" / "me", 0.0)
        await new.snapshot("q")
        with pytest.raises(BackupFailed) as failed:
            await old.backup("r")
        assert failed.value.fault.code == "store_owned"
    finally:
        old.close()
        new.close()
