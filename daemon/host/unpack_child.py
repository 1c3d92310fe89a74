"""The helper process that unpacks one layer of a stranger's image: in a root that is the image.

Run as `python -I -S -c …`; stdin is a line with the plan (JSON), then the layer. It is host
root, because files get their owners and set-user-id bits, and therefore locked up: no
network, no folder but the image's, on which nothing is a device or can be run, no capability
but those over files, bounds for memory, processor time and the size of files. The layer is
parsed by Python's tarfile, decided upon by `daemon.core.layers` and carried out by
`host.layer_tree`. stdout is one JSON object; stderr tells why a layer is refused (exit code
3) or that the disk is full (4).
"""

import errno
import json
import os
import resource
import signal
import sys
import tarfile
import zlib
from typing import IO, Final, NoReturn, cast

from daemon.core.layers import Allowance, Entry, Kind, Refused, shown, step_of
from daemon.host import layer_stream, syscalls
from daemon.host.layer_stream import Begun, Counted, Forward
from daemon.host.layer_tree import Tree
from daemon.host.turns import take_a_usual_turn

REFUSED: Final = 3
FULL: Final = 4
_MEMORY: Final = 1 << 30
"""Bytes of address space: the parser needs a tenth of it, a million names the rest."""
_PROCESSOR: Final = 3600
"""Seconds of processor time for one layer."""
_FILE: Final = (
    syscalls.CAP_CHOWN,
    syscalls.CAP_DAC_OVERRIDE,
    syscalls.CAP_FOWNER,
    syscalls.CAP_FSETID,
    syscalls.CAP_SETFCAP,
)
_PLAIN: Final = syscalls.MOUNT_ATTR_NOSUID | syscalls.MOUNT_ATTR_NODEV | syscalls.MOUNT_ATTR_NOEXEC
_XATTR: Final = "SCHILY.xattr."
_PER_ENTRY: Final = 4096
"""Bytes of headers and padding that each entry may have in the tar."""
_UNREADABLE: Final = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    MemoryError,
    RecursionError,
    UnicodeError,
    ValueError,
    OverflowError,
)


def main() -> None:
    """Read the plan, lock up, unpack, and end with what became of it."""
    plan = json.loads(sys.stdin.buffer.readline())
    syscalls.die_with_parent(signal.SIGKILL)
    take_a_usual_turn()
    beginning = sys.stdin.buffer.read(4)
    zstandard = layer_stream.decompressor(beginning, plan["libraries"])
    allowance = Allowance(plan["bytes"], plan["entries"])
    lock_up(plan["root"], allowance.bytes)
    whole = Begun(beginning, sys.stdin.buffer)
    layer = Counted(whole, plan["size"], "the layer is longer than its manifest says")
    most = allowance.bytes + _PER_ENTRY * allowance.entries
    try:
        packed = layer_stream.opened(layer, beginning, zstandard)
        tar = Counted(packed, most, "the layer unpacks to more than PODIUM_IMAGE_LIMIT allows")
        unpack(Forward(tar), allowance, Tree())
        tar.drain()
        layer.drain()
        _check(layer.digest, plan["digest"], "the layer")
        _check(tar.digest, plan["diff_id"], "what the layer unpacks to")
    except Refused as refusal:
        _end(REFUSED, str(refusal))
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        _end(FULL if full else REFUSED, f"the layer cannot be unpacked: {error.strerror or error}")
    except _UNREADABLE as error:
        _end(REFUSED, f"the layer cannot be read: {error or type(error).__name__}")
    except BaseException as error:  # noqa: BLE001 -- of zstandard, which has one of its own
        _end(REFUSED, f"the layer cannot be read: {type(error).__name__} {error}")
    sys.stdout.write(json.dumps({"bytes": allowance.bytes, "entries": allowance.entries}))


def lock_up(root: str, most: int) -> None:
    """Leave everything of the host but the folder, for good."""
    for limit, value in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _PROCESSOR),
        (resource.RLIMIT_FSIZE, most),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.umask(0)
    syscalls.unshare(
        syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS
    )
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.bind(root, root, _PLAIN)
    syscalls.pivot_into(root)
    syscalls.keep_capabilities(_FILE)


def unpack(source: Forward, allowance: Allowance, tree: Tree) -> None:
    """Unpack a tar into this process's root. Raises Refused, OSError and what tarfile raises."""
    with tarfile.open(
        fileobj=cast("IO[bytes]", source), mode="r:", encoding="utf-8", errors="surrogateescape"
    ) as tar:
        while (member := tar.next()) is not None:
            _one(tar, member, allowance, tree)
            tar.members = []  # type: ignore[attr-defined] # it would keep all that it has read
    if not source.ended_well:
        raise Refused("the layer has something in it that is no entry")


def _one(tar: tarfile.TarFile, member: tarfile.TarInfo, allowance: Allowance, tree: Tree) -> None:
    entry = entry_of(member)
    allowance.take(entry)
    step = step_of(entry)
    sparse = _checked_holes(member, entry)
    content = tar.extractfile(member) if entry.kind is Kind.FILE else None
    try:
        tree.apply(entry, step, content.read if content else _nothing, sparse=sparse)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Refused(f"{shown(entry.name)} cannot be made: {error.strerror or error}") from error


def entry_of(member: tarfile.TarInfo) -> Entry:
    """Return a member as a plain value."""
    xattrs = {
        _bytes(name.removeprefix(_XATTR)): _bytes(value)
        for name, value in member.pax_headers.items()
        if name.startswith(_XATTR)
    }
    return Entry(
        name=_bytes(member.name),
        kind=_kind(member),
        link=_bytes(member.linkname),
        mode=member.mode,
        uid=member.uid,
        gid=member.gid,
        size=member.size,
        modified=float(member.mtime),
        xattrs=xattrs,
    )


def _kind(member: tarfile.TarInfo) -> Kind:
    for is_one, kind in (
        (member.isreg(), Kind.FILE),
        (member.isdir(), Kind.FOLDER),
        (member.issym(), Kind.SYMLINK),
        (member.islnk(), Kind.HARDLINK),
        (member.isfifo(), Kind.FIFO),
        (member.ischr() or member.isblk(), Kind.DEVICE),
    ):
        if is_one:
            return kind
    return Kind.OTHER


def _checked_holes(member: tarfile.TarInfo, entry: Entry) -> bool:
    """Tell whether a file has holes; a map of them that goes astray is refused."""
    if not member.issparse():
        return False
    place = 0
    holes = cast("list[tuple[int, int]]", member.sparse or [])
    for offset, size in holes:
        if size == 0:  # an old map is filled up with these
            continue
        if offset < place or size < 0 or offset + size > entry.size:
            raise Refused(f"{shown(entry.name)} has holes that are not in it")
        place = offset + size
    return True


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _nothing(_size: int) -> bytes:
    return b""


def _check(found: str, said: str, what: str) -> None:
    if found != said:
        raise Refused(f"{what} is {found}, where {said} was promised")


def _end(code: int, text: str) -> NoReturn:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
    os._exit(code)
