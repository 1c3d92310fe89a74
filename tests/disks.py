"""Disks of workspaces: the files of one that is stopped, and that none is left behind."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daemon.host import disks, loops, syscalls
from tests.waiting import until
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


def devices(folder: Path) -> list[str]:
    """Return the loop devices that have files below a folder, removed ones too."""
    found = []
    for file in Path("/sys/block").glob("loop*/loop/backing_file"):
        with suppress(OSError):  # it lets go of it in this moment
            if file.read_text().startswith(f"{folder.resolve()}/"):
                found.append(file.parent.parent.name)
    return found


def none_left(folder: Path) -> None:
    """Be sure that no disk below a folder is mounted any more.

    A helper of another run that begins meanwhile has a copy of each mount for a moment.
    """
    until(lambda: not devices(folder))
