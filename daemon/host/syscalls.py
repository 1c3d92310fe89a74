"""The system calls that Python 3.11 does not offer, through the C library.

Only the standard library is imported, because the helper processes, which start
without site-packages, use this module too. Every failure is an OSError.
"""

import ctypes
import os
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

CLONE_NEWNS: Final = 0x0002_0000
CLONE_NEWIPC: Final = 0x0800_0000
CLONE_NEWUTS: Final = 0x0400_0000
CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWPID: Final = 0x2000_0000
CLONE_NEWNET: Final = 0x4000_0000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

MOUNT_ATTR_RDONLY: Final = 1
MOUNT_ATTR_NOSUID: Final = 2
MOUNT_ATTR_NODEV: Final = 4
MOUNT_ATTR_NOEXEC: Final = 8
_MOUNT_ATTR_IDMAP: Final = 0x0010_0000

_AT_FDCWD: Final = -100
_AT_EMPTY_PATH: Final = 0x1000
_OPEN_TREE_CLONE: Final = 1
_MOVE_MOUNT_F_EMPTY_PATH: Final = 4
_RESOLVE_NO_SYMLINKS: Final = 4
_SYS_MOVE_MOUNT: Final = 429
_SYS_OPEN_TREE: Final = 428
_SYS_OPENAT2: Final = 437
_SYS_MOUNT_SETATTR: Final = 442
"""Numbers that every architecture shares."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_KEEPCAPS: Final = 8
_PR_CAPBSET_DROP: Final = 24
_PR_SET_CHILD_SUBREAPER: Final = 36
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_GET_SECUREBITS: Final = 27
_PR_SET_SECUREBITS: Final = 28
_NO_SETUID_FIXUP: Final = 4
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_RAISE: Final = 2
_FALLOC_FL_KEEP_SIZE: Final = 1
_FALLOC_FL_PUNCH_HOLE: Final = 2
_RENAME_EXCHANGE: Final = 2
_LAST_CAPABILITY: Final = 63
_CAPABILITY_VERSION_3: Final = 0x2008_0522
CAP_CHOWN: Final = 0
CAP_DAC_OVERRIDE: Final = 1
CAP_DAC_READ_SEARCH: Final = 2
CAP_FOWNER: Final = 3
CAP_FSETID: Final = 4
CAP_SYS_RESOURCE: Final = 24
CAP_SETFCAP: Final = 31

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return result


def unshare(flags: int) -> None:
    """Leave the shared namespaces of these kinds for fresh ones."""
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace behind the descriptor; counts for this thread alone."""
    _check(_libc.setns(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Attach a filesystem, or change a mount that is there; `flags` are MS_ values."""
    _check(
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            data.encode() or None,
        ),
        target,
    )


def remount(target: str, flags: int, data: str) -> None:
    """Change options of the filesystem that is mounted there; `flags` are those it has."""
    mount("none", target, "", MS_REMOUNT | flags, data)


def unmount(target: str, flags: int = MNT_DETACH) -> None:
    """umount2(2), lazily unless told otherwise."""
    _check(_libc.umount2(target.encode(), flags), target)


def bind(source: str, target: str, attributes: int = 0, userns: int = -1) -> None:
    """Bind a folder or file with mount attributes; with a user namespace's descriptor, idmapped.

    Built detached and then moved into place, so that the attributes hold from the start.
    """
    tree = _check(
        _libc.syscall(_SYS_OPEN_TREE, _AT_FDCWD, source.encode(), _OPEN_TREE_CLONE | os.O_CLOEXEC),
        source,
    )
    try:
        if userns >= 0:
            attributes |= _MOUNT_ATTR_IDMAP
        if attributes:
            wanted = struct.pack("QQQQ", attributes, 0, 0, max(userns, 0))
            _check(
                _libc.syscall(_SYS_MOUNT_SETATTR, tree, b"", _AT_EMPTY_PATH, wanted, len(wanted)),
                source,
            )
        _check(
            _libc.syscall(
                _SYS_MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), _MOVE_MOUNT_F_EMPTY_PATH
            ),
            target,
        )
    finally:
        os.close(tree)


def open_folder_without_links(path: str) -> int:
    """Return an O_PATH descriptor of a folder; a symbolic link anywhere on the way is an error."""
    how = struct.pack("QQQ", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, 0, _RESOLVE_NO_SYMLINKS)
    return _check(
        _libc.syscall(_SYS_OPENAT2, _AT_FDCWD, path.encode(), how, len(how)),
        path,
    )


def syncfs(descriptor: int) -> None:
    """Write everything of the filesystem that the descriptor lies on to its disk."""
    _check(_libc.syncfs(descriptor), "syncfs")


def pivot_into(root: str) -> None:
    """Make the folder (a mount point) the root, and let go of the old one."""
    os.chdir(root)
    _check(_libc.pivot_root(b".", b"."), root)
    unmount(".")
    os.chdir("/")


def die_with_parent(signal: int) -> None:
    """Ask for a signal when the parent dies; forgotten when the user id changes."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0), "pdeathsig")


def become_subreaper() -> None:
    """Adopt orphaned grandchildren, so that their exit status can be read."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")


def keep_capabilities(kept: Collection[int]) -> None:
    """Stay root with these capabilities alone, for good: nothing that is run gets others."""
    _bound(kept)
    _hold(kept, inheritable=False)


def _bound(kept: Collection[int]) -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        if capability in kept:
            continue
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break


def _hold(kept: Collection[int], *, inheritable: bool) -> None:
    mask = sum(1 << one for one in kept)
    low, high = mask & 0xFFFF_FFFF, mask >> 32
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    own = (low, high) if inheritable else (0, 0)
    sets = struct.pack("6I", low, low, own[0], high, high, own[1])  # effective, permitted, …
    _check(_libc.capset(header, sets), "capset")
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


@contextmanager
def without(capability: int) -> Iterator[None]:
    """Do without a capability for a while, which comes back afterwards."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    sets = ctypes.create_string_buffer(24)
    _check(_libc.capget(header, sets), "capget")
    low, *others = struct.unpack("6I", sets.raw)  # the first are those that count now
    fewer = struct.pack("6I", low & ~(1 << capability), *others)
    _check(_libc.capset(header, fewer), "capset")
    try:
        yield
    finally:
        _check(_libc.capset(header, sets.raw), "capset")


def become_reader(user: int, group: int, kept: Collection[int]) -> None:
    """Become an ordinary user for good, who and whose programs have these capabilities."""
    _bound(kept)
    _check(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps")
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    _hold(kept, inheritable=True)
    for capability in kept:
        _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0), "ambient")


def punch_hole(descriptor: int, offset: int, length: int) -> None:
    """Free a part of a file, which reads as zeros then; its size stays."""
    mode = _FALLOC_FL_KEEP_SIZE | _FALLOC_FL_PUNCH_HOLE
    where = (ctypes.c_long(offset), ctypes.c_long(length))
    _check(_libc.fallocate(descriptor, mode, *where), "fallocate")


def allocate(descriptor: int, offset: int, length: int) -> None:
    """Have the disk's space for a part of a file, whatever is in it; never by writing zeros."""
    where = (ctypes.c_long(offset), ctypes.c_long(length))
    _check(_libc.fallocate(descriptor, _FALLOC_FL_KEEP_SIZE, *where), "fallocate")


def exchange(one: str, other: str) -> None:
    """Let two names change places, in one step."""
    names = (_AT_FDCWD, one.encode(), _AT_FDCWD, other.encode())
    _check(_libc.renameat2(*names, _RENAME_EXCHANGE), one)


@contextmanager
def acting_as(owner: int) -> Iterator[None]:
    """Be another user towards file systems, with all rights kept; the whole process is."""
    before = _libc.prctl(_PR_GET_SECUREBITS, 0, 0, 0, 0)
    _check(_libc.prctl(_PR_SET_SECUREBITS, before | _NO_SETUID_FIXUP, 0, 0, 0), "securebits")
    _libc.setfsgid(owner)
    _libc.setfsuid(owner)
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(0)
        _libc.prctl(_PR_SET_SECUREBITS, before, 0, 0, 0)


def drop_privileges(user: int, group: int) -> None:
    """Become an ordinary user for good: no groups, no capabilities, no way to new ones."""
    _bound(())
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
