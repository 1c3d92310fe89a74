"""Container engines take the image of a start: podman runs it, containerd unpacks it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kit.oci.layout import Layout as Store
from tests.blobserve.facades import Served, ran, served
from tests.kit.oci.images import add_image
from tests.waiting import until

pytestmark = pytest.mark.root
KEY = "a" * 64
_HIDDEN = [
    # crun takes no machine with both kinds of control groups
    *("unshare", "--mount", "sh", "-c"),
    'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"',
    "sh",
]
INSTANCE = "amber-otter-4k2hw9xz1q.3"
TREES = ["supervisor/0123456789ab", "ide/0123456789ab"]

_CONFIG = """
version = 2
root = "{folder}/containerd"
state = "{folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "{folder}/sock"
[ttrpc]
address = "{folder}/ttrpc"
"""


@asynccontextmanager
async def composed(folder: Path) -> AsyncIterator[tuple[Served, str]]:
    """Serve the image of a start: busybox, with two trees above it; gives its token."""
    async with served(folder) as there:
        busybox = Path("/bin/busybox").read_bytes()
        there.store.tag(f"built/{KEY}", add_image(there.store, {"bin/busybox": busybox}))
        for one in TREES:
            tree = Path(there.layout.cache) / one
            tree.mkdir(parents=True)
            (tree / "run").write_text(f"{one}\n")
            shutil.copy("/bin/busybox", tree / "busybox")
        yield there, there.tickets.open_instance(INSTANCE, f"built/{KEY}", TREES)


async def test_skopeo_copies_it_whole(tmp_path: Path) -> None:
    async with composed(tmp_path) as (there, token):
        name = f"docker://{there.strangers}/instance/{INSTANCE}:latest"
        flags = ["--src-tls-verify=false", f"--src-authfile={there.authfile(token)}"]
        back = Store(tmp_path / "back")
        await ran("skopeo", "copy", *flags, name, f"oci:{back.folder}:x")
        image = back.image(back.resolve("x").digest)
        assert len(image.layers) == 3
        assert len(back.config(image).rootfs.diff_ids) == 3


async def test_podman_runs_it(tmp_path: Path) -> None:
    # podman takes no longer names than 50 characters for this one
    with TemporaryDirectory(prefix="podman-", dir="/tmp") as short:
        await in_podman(tmp_path, short)


async def in_podman(folder: Path, short: str) -> None:
    async with composed(folder) as (there, token):
        podman = [*_HIDDEN, "podman", f"--root={folder}/graph", f"--runroot={short}"]
        podman += [
            "--storage-driver=vfs",
            "--cgroup-manager=cgroupfs",
            "--events-backend=none",
            f"--tmpdir={short}/tmp",
        ]
        name = f"{there.strangers}/instance/{INSTANCE}:latest"
        auth = f"--authfile={there.authfile(token)}"
        await ran(*podman, "pull", "-q", "--tls-verify=false", auth, name)
        flags = [
            "--rm",
            "--network=none",
            "--ulimit=nofile=1024:1024",
            "--ulimit=nproc=1024:1024",
            "--cgroups=disabled",
            "--security-opt=seccomp=unconfined",
        ]
        told = await ran(
            *podman, "run", *flags, name, "/ide/busybox", "cat", "/.supervisor/run", "/ide/run"
        )
        assert told.splitlines()[-2:] == TREES


async def test_containerd_unpacks_it(tmp_path: Path) -> None:
    async with composed(tmp_path) as (there, token), containerd(tmp_path) as ctr:
        name = f"{there.strangers}/instance/{INSTANCE}:latest"
        flags = ["--plain-http", "--snapshotter=native", f"--user=x:{token}"]
        await ran(*ctr, "images", "pull", *flags, name)
        assert name in await ran(*ctr, "images", "ls", "-q")
        snapshots = tmp_path / "containerd/io.containerd.snapshotter.v1.native/snapshots"
        (whole,) = [one for one in snapshots.iterdir() if (one / "ide/run").exists()]
        assert (whole / ".supervisor/run").read_text().strip() == TREES[0]
        assert (whole / "bin/busybox").read_bytes() == Path("/bin/busybox").read_bytes()
        wrong = [*flags[:2], f"--user=x:{token[:-1]}"]
        said = await ran(*ctr, "images", "pull", *wrong, f"{name}x", code=1)
        assert "401" in said


@asynccontextmanager
async def containerd(folder: Path) -> AsyncIterator[list[str]]:
    """Run one of its own; gives the beginning of a command."""
    config, socket = folder / "config.toml", folder / "sock"
    config.write_text(_CONFIG.format(folder=folder))
    process = await asyncio.create_subprocess_exec(
        "containerd", f"--config={config}", "--log-level=error"
    )
    try:
        assert await until(socket.exists)
        yield ["ctr", f"--address={socket}"]
    finally:
        process.terminate()
        await process.wait()
