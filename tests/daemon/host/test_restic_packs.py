"""One wrong byte of a pack costs the blob that it is in."""

import os
import struct

import pytest

from daemon.host.restic_key import opened, sealed
from daemon.host.restic_packs import salvaged

MASTER = bytes(range(64))


def pack_of(*contents: bytes) -> bytes:
    blobs = [sealed(MASTER, one) for one in contents]
    kinds = [(0, b""), (3, struct.pack("<I", 99))]
    entries = [
        bytes([kinds[n % 2][0]]) + struct.pack("<I", len(blob)) + kinds[n % 2][1] + os.urandom(32)
        for n, blob in enumerate(blobs)
    ]
    listed = sealed(MASTER, b"".join(entries))
    return b"".join([*blobs, listed, struct.pack("<I", len(listed))])


def contents_of(pack: bytes) -> tuple[list[bytes], int]:
    """The contents of a pack's blobs, and how many its list has bytes for."""
    (length,) = struct.unpack("<I", pack[-4:])
    listed, place, found = opened(MASTER, pack[-4 - length : -4]), 0, []
    at = 0
    while at < len(listed):
        (size,) = struct.unpack_from("<I", listed, at + 1)
        found.append(opened(MASTER, pack[place : place + size]))
        place, at = place + size, at + (37 if listed[at] < 2 else 41)
    return found, place


def test_all_but_the_damaged_blob_are_kept() -> None:
    pack = bytearray(pack_of(b"one" * 50, b"two" * 50, b"three" * 50))
    assert salvaged(MASTER, bytes(pack)) is not None
    pack[200] ^= 1  # in the second
    found = salvaged(MASTER, bytes(pack))
    assert found is not None
    contents, size = contents_of(found)
    assert contents == [b"one" * 50, b"three" * 50]
    assert size == 150 + 250 + 64


@pytest.mark.parametrize("harm", ["list", "length", "cut", "all", "key", "empty"])
def test_what_nobody_can_tell_is_none(harm: str) -> None:
    pack, key = bytearray(pack_of(b"one" * 50)), MASTER
    if harm == "key":
        key = bytes(64)
    elif harm == "cut":
        del pack[-30:]
    elif harm == "empty":
        pack.clear()
    else:
        pack[{"list": -30, "length": -2, "all": 20}[harm]] ^= 255
    assert salvaged(key, bytes(pack)) is None
