"""A daemon whose data folder is on a small file system: caches go, content stays, news is told."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import nodehost
from tests.daemon.caller import Caller, eventually
from tests.daemon.test_snapshots import frozen
from tests.nodehost import NodeHost
from wire.noderoom import NodeRoom, decoded
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
MIB = 1 << 20
SIZE = 256 * MIB


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    made = nodehost.make_host(tmp_path_factory.mktemp("node"), PODIUM_DISK_LIMITS="off")
    nodehost.make_repository(made)
    image, content = Path(made.layout.home) / "image", Path(made.layout.content)
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-m0", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, content], check=True)
    made.start()
    yield made
    made.stop()
    subprocess.run(["umount", "-l", content], check=True)


def room(host: NodeHost) -> NodeRoom:
    found = decoded(Path(host.layout.node_room).read_bytes())
    assert found is not None
    return found


def test_a_short_disk_gives_up_caches_and_refuses_only_what_is_new(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    first, other = f"{workspace}.1", workspace[:-4] + "zzzz"
    assert caller.prepared(first, url).state == pb.CONTENT_READY
    assert caller.seal(first).state == pb.CONTENT_SEALED
    content = Path(host.layout.content)
    kept = sorted(one for one in (content / workspace).rglob("*"))
    filler = content / "filler"
    found = os.statvfs(content)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - 2 * MIB)
    refused = caller.prepared(f"{other}.1", url)
    assert (refused.state, refused.fault.code) == (pb.CONTENT_FAILED, "disk_short")
    assert str(content) in refused.fault.detail
    assert any(one.short for one in room(host).places)
    opened = caller.prepared(f"{workspace}.2", url, fresh=False)
    assert opened.state == pb.CONTENT_READY
    snapshot = frozen(caller, f"{workspace}.2", "pressed")
    assert (snapshot.state, snapshot.fault.code) == (pb.FROZEN_FAILED, "disk_short")
    caller.seal(f"{workspace}.2")
    assert sorted(one for one in (content / workspace).rglob("*")) == kept
    filler.unlink()
    assert caller.prepared(f"{other}.2", url).state == pb.CONTENT_READY
    eventually(lambda: not any(one.short for one in room(host).places))
    for name, n in ((workspace, 2), (other, 2)):
        caller.discard(name, n)


def test_a_node_whose_content_is_not_mounted_does_not_begin(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    content = Path(host.layout.content)
    assert caller.prepared(f"{workspace}.1", url).state == pb.CONTENT_READY
    host.kill()
    subprocess.run(["umount", "-l", content], check=True)
    with pytest.raises(RuntimeError, match="folder_lost"):
        host.start()
    assert str(content) in room(host).lost
    assert list(content.iterdir()) == []
    image = Path(host.layout.home) / "image"
    subprocess.run(["mount", "-o", "loop", image, content], check=True)
    host.start()
    again = Caller(host)
    held = again.stub.Holdings(pb.HoldingsRequest()).holdings
    assert workspace in {one.name for one in held}
    eventually(lambda: not room(host).lost)
    again.discard(workspace, 1)
    again.close()


def test_a_node_whose_disks_are_not_there_does_not_begin(host: NodeHost) -> None:
    """What stands on them would be taken for nobody's."""
    disks = Path(host.layout.disks)
    host.kill()
    disks.rename(disks.with_name("aside"))
    disks.mkdir(mode=0o700)
    with pytest.raises(RuntimeError, match="folder_lost"):
        host.start()
    assert str(disks) in room(host).lost
    disks.rmdir()
    disks.with_name("aside").rename(disks)
    host.start()
