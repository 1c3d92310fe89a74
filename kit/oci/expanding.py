"""A layer's tar out of its blob, a piece at a time, whatever it is compressed with.

Bounded in memory by the pieces and zstd's window, and on the disk by a limit: a layer of a few
kilobytes may say that it is terabytes.
"""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from kit.oci.core.media import MAGIC, Packing, packing_of_bytes
from kit.oci.core.refusals import Refused

PIECE = 1 << 20
_WINDOW = 128 << 20
"""Bytes of a window of zstd; `--ultra` at its utmost asks for that."""


def expanded(blob: BinaryIO, limit: int) -> Iterator[bytes]:
    """Give the tar in a blob, which stands at its beginning.

    Raises Refused for what is damaged, and for more than `limit` bytes.
    """
    beginning = blob.read(MAGIC)
    blob.seek(0)
    count = 0
    with _opened(blob, packing_of_bytes(beginning)) as source:
        while True:
            try:
                piece = source.read(PIECE)
            except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
                raise Refused(f"the layer is damaged: {error}") from error
            if not piece:
                return
            count += len(piece)
            if count > limit:
                raise Refused(f"the layer has more than {limit} bytes")
            yield piece


def _opened(blob: BinaryIO, packing: Packing) -> BinaryIO:
    if packing is Packing.GZIP:
        return gzip.GzipFile(fileobj=blob, mode="rb")  # type: ignore[return-value] # it reads as one
    if packing is Packing.ZSTD:
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
            blob, read_across_frames=True, closefd=False
        )
    return blob
