"""Trees that stand on a frozen one: an overlay, whose layers are the frozen tree and what changed.

On disk a layered tree is `layers/{upper,work}`; both hold the container's ids, as all content.
An overlay cannot be id-mapped, its layers can: the workspace gets one above mapped layers, and
whoever else reads it one that is read-only, above the same layers as they are. The kernel
calls that undefined while the first one is written to; what it means is that a reader sees
names come and go, as in any tree that is written to. Two things make it so. Each view is made
anew and held by one reader, so nothing is remembered wrongly; and there is no index, which
only the first could read: a file of the frozen tree that has several names lies in the upper
layer from the start, where its names stay one file.

`/workspace/.docker-root` is always a plain folder, shown above the overlay: a container engine
inside lays overlays of its own on it. Only the standard library is imported.
"""

import os
from typing import Any, Final

from daemon.host import syscalls

UPPER: Final = "upper"
WORK: Final = "work"
ENGINE: Final = ".docker-root"
ENGINE_SHOWN: Final = "-engine"
"""Behind a tree's name on the stage: where its engine's folder is to be had."""
PERSON: Final = 33333
"""Who in a container mounts its overlay, towards file systems."""
OPTIONS: Final = "redirect_dir=on,index=off,metacopy=off,xino=auto"
_PLAIN: Final = syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV


def show(source: Any, target: str, attributes: int) -> None:
    """Show a tree read-only with these mount attributes: a path, or layers `{lower, layers}`."""
    if isinstance(source, str):
        syscalls.bind(source, target, attributes)
        return
    lower, layers = _below(target, "lower"), _below(target, "layers")
    read_only = _PLAIN | syscalls.MOUNT_ATTR_RDONLY
    syscalls.bind(source["lower"], lower, read_only)
    syscalls.bind(source["layers"], layers, read_only)
    flags = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
    if attributes & syscalls.MOUNT_ATTR_NOEXEC:
        flags |= syscalls.MS_NOEXEC
    data = f"lowerdir={layers}/{UPPER}:{lower},{OPTIONS}"
    syscalls.mount("overlay", target, "overlay", flags, data)
    _show_engine(f"{layers}/{UPPER}", f"{target}/{ENGINE}", attributes)
    for one in (lower, layers):  # the overlay holds its own
        syscalls.unmount(one)
        os.rmdir(one)  # noqa: PTH106 -- pathlib costs a helper 4 ms


def work_in(source: Any, target: str, attributes: int) -> None:
    """Show a tree that is being made, for one who fills it: as `show`, and it can be written to.

    No container knows it yet. The overlay's own files in it are the person's, who mounts the
    next one.
    """
    if isinstance(source, str):
        syscalls.bind(source, target, attributes)
        return
    lower, layers = _below(target, "lower"), _below(target, "layers")
    syscalls.bind(source["lower"], lower, _PLAIN | syscalls.MOUNT_ATTR_RDONLY)
    syscalls.bind(source["layers"], layers, _PLAIN)
    data = f"lowerdir={lower},upperdir={layers}/{UPPER},workdir={layers}/{WORK},{OPTIONS}"
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    with syscalls.without(syscalls.CAP_SYS_RESOURCE), syscalls.acting_as(PERSON):
        syscalls.mount("overlay", target, "overlay", flags, data)
    for one in (lower, layers):  # the overlay holds its own
        syscalls.unmount(one)
        os.rmdir(one)  # noqa: PTH106 -- pathlib costs a helper 4 ms


def stand(source: dict[str, str], stage: str, name: str, userns: int, owner: int) -> None:
    """Mount a layered tree for a container below its stage, and its engine's folder beside it.

    `owner` is the container's root on the host. Who writes there counts as who mounts it: as
    one of the container's ids, which the layers know, and neither as its root nor as one who may
    have what is kept free on a disk for that.
    """
    target, lower, layers = f"{stage}/{name}", f"{stage}/{name}-lower", f"{stage}/{name}-layers"
    for one in (target, lower, layers):
        os.mkdir(one, 0o755)  # noqa: PTH102 -- as above
    syscalls.bind(source["lower"], lower, _PLAIN | syscalls.MOUNT_ATTR_RDONLY, userns)
    syscalls.bind(source["layers"], layers, _PLAIN, userns)
    data = f"lowerdir={lower},upperdir={layers}/{UPPER},workdir={layers}/{WORK},{OPTIONS}"
    with syscalls.without(syscalls.CAP_SYS_RESOURCE), syscalls.acting_as(owner + PERSON):
        syscalls.mount("overlay", target, "overlay", syscalls.MS_NOSUID | syscalls.MS_NODEV, data)
    engine = f"{stage}/{name}{ENGINE_SHOWN}"
    os.mkdir(engine, 0o755)  # noqa: PTH102 -- as above
    _show_engine(f"{layers}/{UPPER}", engine, _PLAIN)


def _below(target: str, name: str) -> str:
    """Return a new folder beside the target."""
    path = f"{target.rstrip('/')}-{name}"
    os.mkdir(path, 0o700)  # noqa: PTH102 -- as above
    return path


def _show_engine(upper: str, target: str, attributes: int) -> None:
    """Show the engine's folder, unless a person has made something else of it."""
    try:
        folder = syscalls.open_folder_without_links(f"{upper}/{ENGINE}")
    except OSError:
        return
    try:
        syscalls.bind(f"/proc/self/fd/{folder}", target, attributes)
    finally:
        os.close(folder)
