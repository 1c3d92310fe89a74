"""Makes again what restic's restore leaves out or bends, from the manifest of `survey`.

Runs in the restore's own root, after restic. Whatever does not fit (a file of another size,
data where a hole was noted, a name that is taken) is left as restic made it: the manifest was
written a moment before the snapshot, and the snapshot's content is what counts.

Only the standard library is imported: the child starts without anything else.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from daemon.host import syscalls
from daemon.host.survey import unspell

_CHUNK: Final = 1 << 20
_ZEROS: Final = bytes(_CHUNK)


def mend(root: bytes, manifest: dict[str, Any]) -> None:
    """Make holes, sockets, links and times as the manifest has them."""
    for path, target in manifest.get("links", ()):
        _mend_link(os.path.join(root, unspell(path)), unspell(target))
    for path, mode, user, group, modified in manifest.get("sockets", ()):
        _make_socket(os.path.join(root, unspell(path)), mode, (user, group), modified)
    for path, size, holes in manifest.get("holes", ()):
        _make_holes(os.path.join(root, unspell(path)), size, holes)
    for path, modified in manifest.get("times", ()):
        full = os.path.join(root, unspell(path))
        if os.path.lexists(full):
            os.utime(full, ns=(modified, modified), follow_symlinks=False)


def _mend_link(path: bytes, target: bytes) -> None:
    try:
        found = os.lstat(path)
        said = os.readlink(path)
    except OSError:
        return
    if said != bent(target):
        return
    with _folder_kept(path):
        os.unlink(path)
        os.symlink(target, path)
        os.chown(path, found.st_uid, found.st_gid, follow_symlinks=False)
        times = (found.st_atime_ns, found.st_mtime_ns)
        os.utime(path, ns=times, follow_symlinks=False)


def bent(target: bytes) -> bytes:
    """Return what restic makes of a link: each byte that is no UTF-8 becomes U+FFFD."""
    text = target.decode(errors="surrogateescape")
    return "".join("\ufffd" if "\udc80" <= one <= "\udcff" else one for one in text).encode()


def _make_socket(path: bytes, mode: int, owner: tuple[int, int], modified: int) -> None:
    if os.path.lexists(path) or not os.path.isdir(os.path.dirname(path)):
        return
    with _folder_kept(path):
        os.mknod(path, stat.S_IFSOCK | 0o600)
        os.chown(path, *owner, follow_symlinks=False)
        os.chmod(path, mode)
        os.utime(path, ns=(modified, modified))


def _make_holes(path: bytes, size: int, holes: list[list[int]]) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        found = os.fstat(descriptor)
        if found.st_size != size or not stat.S_ISREG(found.st_mode):
            return
        for offset, length in holes:
            if 0 <= offset <= offset + length <= size:
                _punch(descriptor, offset, length, beyond=offset + length == size)
        os.utime(descriptor, ns=(found.st_atime_ns, found.st_mtime_ns))
    finally:
        os.close(descriptor)


def _punch(descriptor: int, offset: int, length: int, *, beyond: bool) -> None:
    """Free what is zeros; a part that has data since stays.

    A hole at the end goes on beyond it, because only whole blocks are freed.
    """
    for place in range(offset, offset + length, _CHUNK):
        part = min(_CHUNK, offset + length - place)
        if os.pread(descriptor, part, place) == _ZEROS[:part]:
            last = beyond and place + part == offset + length
            syscalls.punch_hole(descriptor, place, _CHUNK if last else part)


@contextmanager
def _folder_kept(path: bytes) -> Iterator[None]:
    """Keep the times of the folder that a name is in."""
    folder = os.path.dirname(path)
    found = os.lstat(folder)
    yield
    os.utime(folder, ns=(found.st_atime_ns, found.st_mtime_ns))
