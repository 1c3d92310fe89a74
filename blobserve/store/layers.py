"""Where in a layer each file lies. Layers are plain tars: nothing is unpacked."""

import tarfile
from pathlib import Path

from blobserve.core.compose import Piece

_TAG = 20
"""Characters of a layer's digest in an ETag."""


def read_layer(blob: Path) -> dict[str, Piece]:
    """Return name → place of each regular file; raises OSError or tarfile.TarError."""
    found = {}
    tag = blob.name[:_TAG]
    with tarfile.open(blob, "r:") as tar:
        for member in tar:
            if member.isreg():
                name = member.name.removeprefix("./")
                found[name] = Piece(str(blob), member.offset_data, member.size, tag)
    return found
