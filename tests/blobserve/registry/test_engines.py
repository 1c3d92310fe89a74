"""Container engines take the image of a start: podman runs it, containerd unpacks it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.setup.storing import keep, root, shown
from kit.oci.layout import Layout as Store
from tests.blobserve.facades import Served, ran, served
from tests.waiting import accepts, until

pytestmark = pytest.mark.root
_HIDDEN = [
    # crun takes no machine with both kinds of control groups; what podman leaves behind, which
    # cleans up after a container, ends with it
    *("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"),
    'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"',
    "sh",
]
INSTANCE = "amber-otter-4k2hw9xz1q.3"
DIGEST = "0123456789ab"
TREES = [f"supervisor/{DIGEST}", f"ide/{DIGEST}"]

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
    """Serve the image of a start; gives its token.

    The base is a root that was exported, as the default image is; the supervisor is a folder of
    set-up, the editor an image of the store.
    """
    async with served(folder) as there:
        cache = Path(there.layout.cache)
        base = cache / "images" / DIGEST
        (base / "rootfs/bin").mkdir(parents=True)
        shutil.copy("/bin/busybox", base / "rootfs/bin/busybox")
        (base / "rootfs/bin/cat").hardlink_to(base / "rootfs/bin/busybox")
        (base / "rootfs/bin/cat").chmod(0o4755)
        (base / "rootfs/etc").mkdir()
        (base / "rootfs/etc/passwd").write_text("gitpod:x:0:0::/:/bin/sh\n")
        (base / "rootfs/home/gitpod").mkdir(parents=True)
        keep(there.store, root("default", base))
        for one in TREES:
            tree = cache / one
            tree.mkdir(parents=True)
            (tree / "run").write_text(f"{one}\n")
            shutil.copy("/bin/busybox", tree / "busybox")
        keep(there.store, shown("ide", cache / TREES[1], "1.2.3"))
        shutil.rmtree(cache / TREES[1])
        name = f"podium/default:{DIGEST}"
        yield there, there.tickets.open_instance(INSTANCE, name, TREES)


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
        assert (whole / "bin/cat").samefile(whole / "bin/busybox")
        assert (whole / "bin/cat").stat().st_mode & 0o7777 == 0o4755
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
        assert await until(lambda: accepts(socket))
        yield ["ctr", f"--address={socket}"]
    finally:
        process.terminate()
        await process.wait()
