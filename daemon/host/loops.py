"""Loop devices: a file as a disk. See loop(4); the numbers are of linux/loop.h.

A device lets go of its file by itself when nobody has it open or mounted any more. A file
never gets two devices: two file systems over the same bytes would destroy each other. So who
looks for a file's device, and then makes one, has the file locked meanwhile.
"""

import errno
import fcntl
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_DEVICES: Final = "/dev"
_CONTROL: Final = "loop-control"
_CTL_GET_FREE: Final = 0x4C82
_CONFIGURE: Final = 0x4C0A
_SET_CAPACITY: Final = 0x4C07
_GET_STATUS: Final = 0x4C05
_STATUS_LENGTH: Final = 232
_AUTOCLEAR: Final = 4
_DIRECT_IO: Final = 16
_CONFIG: Final = "=II 5Q 4I 64s 64s 32s 2Q 8Q"
"""fd and block size; numbers, of which only `lo_flags` is used here; names and keys; reserved."""
_TRIES: Final = 50
"""Others take devices too, and one that lets go of its file needs a moment."""


@contextmanager
def device_of(image: Path) -> Iterator[str]:
    """Yield the device of an image; it stays for whoever mounts it meanwhile. Raises OSError."""
    with image.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for _turn in range(_TRIES):
            descriptor = _open_there(image)
            if descriptor < 0:
                descriptor = _open_new(image)
            if descriptor >= 0:
                break
        else:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(image))
    try:
        yield str(Path(f"/proc/self/fd/{descriptor}").readlink())
    finally:
        os.close(descriptor)


def has(image: Path) -> bool:
    """Tell whether a device has the file; one that has just been unmounted takes a moment."""
    for _turn in range(_TRIES):
        descriptor = _open_there(image)
        if descriptor < 0:
            return False
        os.close(descriptor)
    return True


def grown(image: Path) -> None:
    """Let the image's device see that the file has become larger."""
    descriptor = _open_there(image)
    if descriptor < 0:
        return
    try:
        fcntl.ioctl(descriptor, _SET_CAPACITY, 0)
    finally:
        os.close(descriptor)


def _open_there(image: Path) -> int:
    """Return a descriptor of the device that has the file already, -1 when there is none."""
    try:
        wanted = image.stat()
    except FileNotFoundError:
        return -1
    for file in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            descriptor = _open(file.parent.parent.name)
        except OSError:
            continue
        if _backs(descriptor) == (wanted.st_dev, wanted.st_ino):
            return descriptor
        os.close(descriptor)
    return -1


def _open(name: str) -> int:
    """Open a device that the kernel has; a fixed /dev, as containers get, may not show it yet."""
    path, flags = f"{_DEVICES}/{name}", os.O_RDWR | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        major, minor = Path(f"/sys/block/{name}/dev").read_text().split(":")
        with suppress(FileExistsError):
            os.mknod(path, stat.S_IFBLK | 0o600, os.makedev(int(major), int(minor)))
    return os.open(path, flags)


def _backs(device: int) -> tuple[int, int] | None:
    """Return the file system and number of a device's file: it has many names, or another one."""
    said = bytearray(_STATUS_LENGTH)
    try:
        fcntl.ioctl(device, _GET_STATUS, said)
    except OSError:  # it has none any more
        return None
    found: tuple[int, int] = struct.unpack_from("=2Q", said)
    return found


def _open_new(image: Path) -> int:
    """Return a descriptor of a device that now has the file, -1 when another was faster."""
    control = os.open(f"{_DEVICES}/{_CONTROL}", os.O_RDWR | os.O_CLOEXEC)
    try:
        number = fcntl.ioctl(control, _CTL_GET_FREE)
    finally:
        os.close(control)
    device = _open(f"loop{number}")
    backing = -1
    try:
        backing = os.open(image, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        for flags in (_AUTOCLEAR | _DIRECT_IO, _AUTOCLEAR):
            try:
                fcntl.ioctl(device, _CONFIGURE, _configuration(backing, flags))
            except OSError as error:
                if error.errno == errno.EBUSY:
                    break
                if error.errno != errno.EINVAL or not flags & _DIRECT_IO:
                    raise
            else:
                kept, device = device, -1
                return kept
    finally:
        for one in (device, backing):
            if one >= 0:
                os.close(one)
    return -1


def _configuration(backing: int, flags: int) -> bytes:
    numbers = (backing, 4096, *(0,) * 5, 0, 0, 0, flags)
    return struct.pack(_CONFIG, *numbers, b"", b"", b"", *(0,) * 10)
