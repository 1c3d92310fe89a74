"""The child itself: locked up before it reads a byte of the layer."""

import contextlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.core.layers import Allowance, Entry, Kind, Refused, Step
from daemon.host.layer_stream import Forward
from daemon.host.layer_tree import Read
from daemon.host.unpack_child import _UNREADABLE, entry_of, unpack
from tests.daemon.core.test_layers import lead_nowhere_else
from tests.daemon.layers import Member, folder, hard, link, tar_of

CHECKOUT = Path(__file__).resolve().parents[3]
LOOK = """
import os, socket, sys
from daemon.host.unpack_child import lock_up
lock_up(sys.argv[1], 1000)
print(sorted(os.listdir("/")), os.getuid())
def tried(what):
    try:
        what()
        return "done"
    except OSError as error:
        return error.strerror
print(tried(lambda: os.mknod("/null", 0o20666, os.makedev(1, 3))))
print(tried(lambda: os.chroot("/")))
print(tried(lambda: socket.socket().connect(("127.0.0.1", 9))))
print(tried(lambda: os.write(os.open("/big", os.O_CREAT | os.O_WRONLY), bytes(2000))))
print(tried(lambda: os.chown("/file", 5, 5)))
"""


@pytest.mark.root
def test_it_sees_nothing_but_the_root_and_can_do_nothing_but_files(tmp_path):
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "['file'] 0",
        "Operation not permitted",
        "Operation not permitted",
        "Network is unreachable",
        "done",
        "done",
    ], done.stderr
    assert (tmp_path / "big").stat().st_size == 1000, "cut at the limit for one file"
    assert (tmp_path / "file").stat().st_uid == 5


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (tarfile.REGTYPE, Kind.FILE),
        (tarfile.CONTTYPE, Kind.FILE),
        (tarfile.GNUTYPE_SPARSE, Kind.FILE),
        (tarfile.DIRTYPE, Kind.FOLDER),
        (tarfile.SYMTYPE, Kind.SYMLINK),
        (tarfile.LNKTYPE, Kind.HARDLINK),
        (tarfile.FIFOTYPE, Kind.FIFO),
        (tarfile.CHRTYPE, Kind.DEVICE),
        (tarfile.BLKTYPE, Kind.DEVICE),
        (b"V", Kind.OTHER),
    ],
)
def test_kinds(kind, told):
    member = tarfile.TarInfo("x")
    member.type = kind
    assert entry_of(member).kind is told


def test_bytes_of_names_and_attributes_come_through():
    member = tarfile.TarInfo("caf\udce9")
    member.pax_headers = {"SCHILY.xattr.user.x": "\udcff", "mtime": "1"}
    entry = entry_of(member)
    assert entry.name == b"caf\xe9"
    assert entry.xattrs == {b"user.x": b"\xff"}


ARCHIVE = tar_of(
    folder("bin", uid=5),
    Member("bin/sh", b"content" * 100, fields={"pax_headers": {"SCHILY.xattr.user.x": "y"}}),
    link("lib", "usr/lib"),
    hard("bin/again", "bin/sh"),
    Member("long/" * 40 + "name", b"x"),
    Member("bin/.wh.old"),
)


class Recorder:
    """Stands where the root would: reads every content to its end."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def apply(self, entry: Entry, step: Step, read: Read, *, sparse: bool = False) -> None:
        assert isinstance(sparse, bool)
        self.steps.append(step)
        left = entry.size if entry.kind is Kind.FILE else 0
        while left > 0 and (data := read(min(4096, left))):
            left -= len(data)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(ARCHIVE)),
            st.binary(min_size=1, max_size=12)
            | st.sampled_from([b"../", b"/", b"\0", b"\x80\xff\xff", b"7777777", b"S", b"L", b"x"]),
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_any_tar_is_unpacked_or_refused(noise, mended):
    """However a layer is changed; with header sums that are right again, too."""
    changed = bytearray(ARCHIVE)
    for place, data in noise:
        changed[place : place + len(data)] = data
    if mended:
        for at in range(0, len(changed) - 511, 512):
            if changed[at + 257 : at + 262] == b"ustar":
                block = changed[at : at + 512]
                total = sum(block) - sum(block[148:156]) + 8 * 32
                changed[at + 148 : at + 156] = b"%06o\0 " % total
    tree = Recorder()
    with contextlib.suppress(Refused, *_UNREADABLE):
        unpack(Forward(io.BytesIO(bytes(changed))), Allowance(1 << 20, 100), tree)
    for step in tree.steps:
        lead_nowhere_else(step)
