"""What can be had of a damaged pack: those of its blobs that are what they were.

A pack is blobs, each sealed by itself, then a sealed list of them, then that list's length in
four bytes. So one wrong byte costs the blob that it is in; one in the list costs all of them.
https://github.com/restic/restic/blob/v0.14.0/doc/design.rst#pack-format
"""

import struct
from collections.abc import Iterator
from typing import Final

from daemon.host.restic_key import NONCE, opened, sealed

_LENGTH: Final = struct.Struct("<I")
_ID: Final = 32
_PLAIN: Final = 1 + _LENGTH.size + _ID
_COMPRESSED: Final = _PLAIN + _LENGTH.size
"""Bytes of an entry: kind, length, for the compressed kinds the length before, and the id."""
_KINDS: Final = {0: _PLAIN, 1: _PLAIN, 2: _COMPRESSED, 3: _COMPRESSED}


def salvaged(master: bytes, pack: bytes) -> bytes | None:
    """Return a pack of the blobs that are whole; None when there are none, or nobody can tell.

    `master` is the repository's key, 64 bytes as `restic_key.master_of` returns it.
    """
    try:
        (length,) = _LENGTH.unpack(pack[-_LENGTH.size :])
        end = len(pack) - _LENGTH.size - length
        if length < 2 * NONCE or end < 0:
            return None
        entries = list(_entries(opened(master, pack[end : -_LENGTH.size])))
    except (ValueError, KeyError, struct.error):
        return None
    blobs, kept, place = [], b"", 0
    for entry in entries:
        (size,) = _LENGTH.unpack_from(entry, 1)
        blob, place = pack[place : place + size], place + size
        try:
            opened(master, blob)
        except ValueError:
            continue
        blobs.append(blob)
        kept += entry
    if place != end or not blobs:
        return None
    listed = sealed(master, kept)
    return b"".join([*blobs, listed, _LENGTH.pack(len(listed))])


def _entries(listed: bytes) -> Iterator[bytes]:
    """Yield the entries of a list. Raises KeyError for an unknown kind, ValueError for half one."""
    place = 0
    while place < len(listed):
        size = _KINDS[listed[place]]
        entry = listed[place : place + size]
        if len(entry) != size:
            raise ValueError("the list of a pack is cut")
        yield entry
        place += size
