"""The child itself: locked up before it reads a byte of the layer."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from daemon.core.layers import Kind
from daemon.host.unpack_child import entry_of

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
