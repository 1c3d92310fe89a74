"""A repository in an object store: made, read back, restored, taken out; faults of the store."""

import asyncio

import obstore
import pytest

from daemon.core.faults import BackupFailed, fault
from daemon.host import cgroups
from daemon.host.restic_remote import Remote
from kit.objectstore import Place as ObjectPlace
from tests.authority import Authority
from tests.daemon.host.test_restic import pieces
from tests.daemon.restics import GROUP, KEY, WORKSPACE, Place
from tests.objectstore import BUCKET, CREDENTIALS, Faulty, Mode, running
from tests.waiting import until

pytestmark = pytest.mark.root


@pytest.fixture
def front(object_store):
    with Faulty(object_store.port) as started:
        yield started


@pytest.fixture
def far(tmp_path, object_store, front):
    """A place whose repository is in the store, behind a proxy that can fail."""
    place = object_store.place(tmp_path.name, front.port)
    made = Place(tmp_path, Remote(place, object_store.credentials, 1.0, tmp_path / "me", 0.0))
    yield made
    made.close()


async def test_everything_of_a_repository_is_in_the_store(far, tmp_path, object_store):
    (far.tree / "a").write_text("a" * 5000)
    first = await far.snapshot("p")
    (far.tree / "a").write_text("b")
    second = await far.snapshot("q")
    look = await far.repositories.look(KEY)
    assert look.exists
    assert look.snapshots == {first, second}
    assert look.size > 1000
    entries = (await far.run("browse", snapshot=first, path="workspace"))["entries"]
    assert [(one["name"], one["size"]) for one in entries] == [("a", 5000)]

    target = tmp_path / "target"
    target.mkdir()
    await far.run("restore", snapshot=first, target=str(target))
    assert (target / "workspace" / "a").read_text() == "a" * 5000

    answer = await far.run("forget", snapshots=[first], verified=[], writes=True)
    names = object_store.names(f"{tmp_path.name}/workspaces/{WORKSPACE}")
    assert {one for one in names if one.startswith("snapshots/")} == {f"snapshots/{second}"}
    packs = {one.rpartition("/")[2] for one in names if one.startswith("data/")}
    assert packs <= set(answer["verified"])
    assert await far.repositories.drop(WORKSPACE) > 0
    assert object_store.names(tmp_path.name) == ["owner.json"]
    assert not (await far.repositories.look(KEY)).exists


async def test_every_pack_is_read_back_from_the_store(far, tmp_path, object_store):
    (far.tree / "a").write_text("a")
    await far.backup("p")
    prefix = f"{tmp_path.name}/workspaces/{WORKSPACE}"
    pack = next(one for one in object_store.names(prefix) if one.startswith("data/"))
    obstore.put(object_store.below(prefix), pack, b"something else")
    with pytest.raises(BackupFailed) as failed:
        await far.backup("p")
    assert failed.value.fault.code == "repository_damaged"
    assert pack.rpartition("/")[2] in failed.value.fault.detail


async def test_the_keys_of_the_store_are_in_no_command_line_and_no_environment(far):
    (far.tree / "big").write_bytes(bytes(range(256)) * (1 << 14))
    await far.repositories.start(KEY)
    seen = []
    work = asyncio.get_running_loop().create_task(far.backup("p"))
    while not work.done():
        seen += [piece for pid in cgroups.processes(GROUP) for piece in pieces(pid)]
        await asyncio.wait([work], timeout=0.005)
    await work
    assert any(b"s3:http" in piece for piece in seen)
    assert not any(b"top-secret" in piece or b"AKID" in piece for piece in seen)


async def test_a_store_that_is_of_no_use_is_told_and_comes_back(far, front):
    (far.tree / "a").write_text("a")
    for mode, code in (
        (Mode.STALL, "store_stalled"),
        (Mode.FAIL, "store_failing"),
        (Mode.RESET, "store_failing"),
        (Mode.DENY, "store_denied"),
        (Mode.NO_BUCKET, "store_missing"),
    ):
        front.mode = mode
        with pytest.raises(BackupFailed) as failed:
            await far.repositories.look(KEY)
        assert failed.value.fault.code == code, failed.value.fault
        assert not cgroups.processes(GROUP)
    front.mode = Mode.PASS
    assert await far.snapshot("p")


async def test_a_store_that_nobody_listens_for_is_told(tmp_path, object_store):
    remote = Remote(
        object_store.place(tmp_path.name, 1), object_store.credentials, 1.0, tmp_path / "me"
    )
    made = Place(tmp_path, remote)
    with pytest.raises(BackupFailed) as failed:
        await made.repositories.look(KEY)
    made.close()
    assert failed.value.fault.code == "store_unreachable"
    assert "Connection refused" in failed.value.fault.detail


async def test_a_store_that_stalls_in_the_middle_loses_nothing(far, front):
    (far.tree / "a").write_text("a")
    await far.snapshot("p")
    (far.tree / "big").write_bytes(bytes(range(256)) * (1 << 15))
    work = asyncio.get_running_loop().create_task(far.backup("q"))
    await until(lambda: any(one["step"] == "writing" for one in far.told) or work.done())
    front.mode = Mode.STALL
    with pytest.raises(BackupFailed) as failed:
        await work
    assert failed.value.fault.code == "store_stalled"
    front.mode = Mode.SLOW
    assert len((await far.backup("q"))["snapshots"]) == 2


async def test_a_dead_store_is_not_asked_by_everybody(tmp_path, object_store):
    with Faulty(object_store.port) as front:
        front.mode = Mode.FAIL
        place = object_store.place(tmp_path.name, front.port)
        remote = Remote(place, object_store.credentials, 1.0, tmp_path / "me", 3600.0)
        made = Place(tmp_path, remote)
        codes = set()
        for _workspace in range(20):
            with pytest.raises(BackupFailed) as failed:
                await made.repositories.look(KEY)
            codes.add(failed.value.fault.code)
        made.close()
    assert codes == {"store_failing"}
    assert failed.value.fault.detail == ""  # that of those who asked names their workspaces
    assert front.asked == 2


def test_credentials_that_cannot_be_read_are_told_without_them(tmp_path, object_store):
    path = tmp_path / "credentials"
    remote = Remote(object_store.place("x"), path, 1.0, tmp_path / "me")
    for text in (None, CREDENTIALS.replace("[default]", "top-secret"), "[default]\n"):
        if text is not None:
            path.write_text(text)
        with pytest.raises(BackupFailed) as failed:
            remote.plan(WORKSPACE)
        assert failed.value.fault.code == "store_denied"
        assert "top-secret" not in failed.value.fault.detail


def test_a_trial_that_is_given_up_is_an_end_as_well(object_store, tmp_path):
    remote = Remote(object_store.place("x"), tmp_path, 1.0, tmp_path / "me", 0.0)
    for _failure in range(2):
        with pytest.raises(BackupFailed), remote.asked():
            raise BackupFailed(fault("store_failing"))
    with pytest.raises(asyncio.CancelledError), remote.asked():
        raise asyncio.CancelledError
    with remote.asked():
        pass
    with remote.asked():
        pass


def test_a_trial_that_takes_hours_holds_up_nobody(object_store, tmp_path):
    for pause in (0.0, 3600.0):
        remote = Remote(object_store.place("x"), tmp_path, 1.0, tmp_path / "me", pause)
        for _failure in range(2):
            with pytest.raises(BackupFailed), remote.asked():
                raise BackupFailed(fault("store_failing"))
        if pause:
            with pytest.raises(BackupFailed), remote.asked():
                raise AssertionError
            continue
        with remote.asked():  # a restore, say
            with remote.asked():
                pass
            with remote.asked():
                pass


async def test_a_store_of_a_private_authority_is_trusted_by_its_file_alone(tmp_path):
    authority = Authority()
    certificate = authority.issue(tmp_path / "both.pem", "localhost")
    trusted, other = authority.write(tmp_path / "ca.pem"), Authority().write(tmp_path / "other.pem")
    with running(tmp_path, certificate) as store:
        place = ObjectPlace("https", "localhost", store.port, BUCKET, "tls")

        def far(name, authorities):
            (tmp_path / name).mkdir()
            words = (store.credentials, 5.0, tmp_path / "me", 0.0, authorities)
            return Place(tmp_path / name, Remote(place, *words))

        for name, authorities in (
            ("machine", None),
            ("other", other),
            ("none", certificate.parent),
        ):
            strange = far(name, authorities)
            with pytest.raises(BackupFailed) as failed:
                await strange.repositories.look(KEY)
            strange.close()
            assert failed.value.fault.code == "store_untrusted", failed.value.fault
        near = far("near", trusted)
        (near.tree / "a").write_text("a")
        snapshot = await near.snapshot("p")
        assert (await near.repositories.look(KEY)).snapshots == {snapshot}
        assert not (await near.run("unreadable"))["unreadable"]
        near.close()
