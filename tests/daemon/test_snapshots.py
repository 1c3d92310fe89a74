"""Snapshots of a real daemon: frozen while it runs, stood on, changed, backed up, let go."""

import os
import shutil
from pathlib import Path
from secrets import token_bytes

import grpc
import pytest

from daemon.host.git import USER
from daemon.host.helper import HelperFailed
from daemon.snapshots import failed
from tests import disks
from tests.daemon.caller import inside
from tests.daemon.oddtree import differences, fields, grow
from tests.daemon.test_backups import backed_up, restored
from tests.daemon.test_rpc import code_of
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def frozen(caller, instance, snapshot):
    """Ask for a snapshot and wait for its end."""
    status = caller.stub.Freeze(pb.FreezeRequest(instance=instance, snapshot=snapshot))
    return caller.frozen(snapshot) if status.state == pb.FROZEN_WORKING else status


def let_go(caller, snapshot):
    return caller.stub.LetGo(pb.LetGoRequest(snapshot=snapshot)).freed_bytes


@pytest.fixture
def other():
    return workspace_id_from(token_bytes(16))


@pytest.fixture
def trees(caller):
    return Path(caller.host.layout.content)


def test_a_workspace_stands_on_a_snapshot_and_everything_about_it_works(
    caller, url, workspace, other, trees
):
    first, second = f"{workspace}.1", f"{other}.1"
    caller.running(first, url)
    tree = trees / workspace / "workspace"
    grow(tree / "demo")
    (tree / "demo" / "twice").write_text("two names")
    os.chown(tree / "demo" / "twice", USER, USER)
    (tree / "demo" / "again").hardlink_to(tree / "demo" / "twice")
    (tree / "demo" / "gone").write_text("")
    (tree / ".podium" / "checked-out").write_text("")
    (tree / ".podium" / "secret").write_text("of the owner")
    (trees / workspace / "home" / ".netrc").write_text("of the owner")
    done = frozen(caller, first, "s1")
    assert done.state == pb.FROZEN_DONE, (done, caller.host.log)
    kept = trees / ".frozen" / "s1" / "tree"
    assert sorted(one.name for one in (kept / ".podium").iterdir()) == ["checked-out"]
    assert not differences(fields(tree / "demo"), fields(kept / "demo"))

    thawed = caller.prepared(second, url, snapshot="s1")
    assert thawed.state == pb.CONTENT_READY, (thawed, caller.host.log)
    assert not (trees / other / "home" / ".netrc").exists()
    assert (trees / other / "layers" / "upper").is_dir(), caller.host.log
    container = caller.started(second)
    assert container.state == pb.CONTAINER_RUNNING, (container, caller.host.log)
    script = """
        set -e
        cd /workspace
        mv demo moved
        printf changed >> moved/twice
        cat moved/again; echo
        ln moved/again moved/third
        rm -f moved/gone
        mkdir .docker-root/lower .docker-root/upper .docker-root/work
        stat -c %u:%g moved
        stat -f -c %T .docker-root
    """
    said = inside(caller.host, second, script, user=33333)
    assert said.returncode == 0, said
    assert said.stdout.split() == ["two", "nameschanged", "33333:33333", "ext2/ext3"]
    assert (kept / "demo" / "twice").read_text() == "two names"

    done = backed_up(caller, second, "p1", always=True)  # while it runs
    assert done.state == pb.BACKUP_DONE, done
    caller.host.kill()
    caller.host.start()
    again = inside(caller.host, second, "cat /workspace/moved/third", user=33333)
    assert again.stdout == "two nameschanged"
    caller.deleted(second)
    assert caller.seal(second).state == pb.CONTENT_SEALED
    assert let_go(caller, "s1") == 0  # somebody stands on it
    assert kept.exists()
    unchanged = backed_up(caller, second, "p2")
    assert unchanged.state == pb.BACKUP_DONE, unchanged

    assert restored(caller, second, "wish", other, "p1").state == pb.CONTENT_SEALED
    assert not kept.exists()  # what was restored is whole by itself
    with disks.shown(caller.host.layout, other) as folder:
        moved = folder / "workspace" / "moved"
        assert moved.joinpath("again").read_text() == "two nameschanged"
        assert not moved.joinpath("gone").exists()
        assert moved.joinpath("third").stat().st_nlink == 3
        assert not moved.with_name("demo").exists()
    caller.deleted(first)
    caller.discard(other, 9)
    caller.discard(workspace, 9)


def test_what_a_snapshot_is_of_may_go_and_who_stands_on_it_stays(
    caller, url, workspace, other, trees
):
    first, second = f"{workspace}.1", f"{other}.1"
    assert caller.prepared(first, url).state == pb.CONTENT_READY
    assert frozen(caller, first, "s2").state == pb.FROZEN_DONE
    caller.seal(first)
    caller.discard(workspace, 9)
    assert caller.prepared(second, url, snapshot="s2").state == pb.CONTENT_READY
    assert let_go(caller, "s2") == 0
    caller.host.kill()
    caller.host.start()
    look = pb.LookRequest(instance=second, revision=caller.list().contents[0].revision)
    look.paths.append("README.md")
    assert caller.stub.Look(look).entries[0].text
    assert frozen(caller, second, "s3").state == pb.FROZEN_DONE  # of one that stands on another
    assert (trees / ".frozen" / "s3" / "tree" / "demo" / ".git").is_dir()
    caller.discard(other, 9)
    assert not (trees / ".frozen" / "s2").exists()
    assert let_go(caller, "s3") > 0
    assert not any((trees / ".frozen").iterdir())


def test_a_copy_that_fails_says_why():
    assert failed(HelperFailed("cp: Input/output error")).code == "freeze_failed"
    assert failed(HelperFailed("cp: 'a': No space left on device")).code == "disk_full"


def test_a_snapshot_that_is_not_there_makes_nothing(caller, url, workspace, trees):
    status = caller.prepared(f"{workspace}.1", url, snapshot="unknown")
    assert status.fault.code == "snapshot_missing"
    assert not (trees / workspace).exists()
    failed = frozen(caller, f"{workspace}.2", "s4")
    assert failed.fault.code == "content_missing"
    assert code_of(lambda: let_go(caller, "../s1")) == grpc.StatusCode.INVALID_ARGUMENT
    assert not any((trees / ".frozen").iterdir())


def test_no_snapshot_is_made_of_a_tree_that_lacks_a_part(caller, url, workspace, trees):
    instance = f"{workspace}.1"
    caller.prepared(instance, url)
    home = trees / workspace / "home"
    home.rename(home.with_name("aside"))
    failed = frozen(caller, instance, "s5")
    assert (failed.state, failed.fault.code) == (pb.FROZEN_FAILED, "content_incomplete")
    assert workspace in failed.fault.detail
    home.with_name("aside").rename(home)
    assert frozen(caller, instance, "s5").state == pb.FROZEN_DONE
    caller.discard(workspace, 9)
    assert let_go(caller, "s5") > 0


def test_what_began_as_a_snapshot_opens_again_where_the_snapshot_is_lost(
    caller, url, workspace, other, trees
):
    """A disk is lost with all trees, and a platform is restored: points hold all of one."""
    first, second, third = f"{workspace}.1", f"{other}.1", f"{other}.3"
    caller.prepared(first, url)
    (trees / workspace / "workspace" / "demo" / "begun").write_text("of the snapshot")
    assert frozen(caller, first, "s6").state == pb.FROZEN_DONE
    assert caller.prepared(second, url, snapshot="s6").state == pb.CONTENT_READY
    (trees / other / "layers" / "upper" / "own").write_text("of its own")
    assert backed_up(caller, second, "p1").state == pb.BACKUP_DONE
    caller.discard(other, 2)
    caller.host.kill()
    shutil.rmtree(trees / ".frozen")
    caller.host.start()
    assert not caller.list().frozen

    assert restored(caller, third, "wish", other, "p1").state == pb.CONTENT_SEALED
    assert caller.prepared(third, url).state == pb.CONTENT_READY
    assert caller.started(third).state == pb.CONTAINER_RUNNING
    read = inside(caller.host, third, "cd /workspace && cat demo/begun own")
    assert read.stdout == "of the snapshotof its own", read
    refused = caller.prepared(f"{workspace_id_from(token_bytes(16))}.1", url, snapshot="s6")
    assert refused.fault.code == "snapshot_missing"
    caller.deleted(third)
    caller.discard(other, 9)
    caller.discard(workspace, 9)


def test_files_of_a_snapshot_that_go_while_the_daemon_runs_are_noticed(
    caller, url, workspace, trees
):
    first = f"{workspace}.1"
    assert caller.prepared(first, url).state == pb.CONTENT_READY
    assert frozen(caller, first, "gone").state == pb.FROZEN_DONE
    there, away = trees / ".frozen" / "gone", trees / ".away"

    def told():
        return [one.state for one in caller.list().frozen if one.snapshot == "gone"]

    assert told() == [pb.FROZEN_DONE]
    there.rename(away)
    assert told() == []
    away.rename(there)
    assert told() == [pb.FROZEN_DONE]
    (there / "frozen.json").rename(there / "aside")
    (there / "frozen.json").write_text("no record")
    assert told() == [], "what cannot be read ends no list"
    (there / "aside").rename(there / "frozen.json")
    assert told() == [pb.FROZEN_DONE]
    let_go(caller, "gone")
