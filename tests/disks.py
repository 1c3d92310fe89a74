"""The files of a workspace that is stopped, whose disk is not mounted then."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.host import disks, loops, syscalls
from wire.layout import Layout


@contextmanager
def shown(layout: Layout, workspace: str) -> Iterator[Path]:
    """Yield the folder with `workspace` and `home`, in a place of its own if it has a disk.

    The daemon may mount and unmount the disk meanwhile; both see one file system.
    """
    image = Path(layout.disks) / workspace / disks.IMAGE
    if not image.exists():
        yield Path(layout.content) / workspace
        return
    with tempfile.TemporaryDirectory() as place:
        with loops.device_of(image) as device:
            syscalls.mount(device, place, "ext4", disks.MOUNT_FLAGS)
        try:
            yield Path(place)
        finally:
            syscalls.unmount(place, 0)
