"""Layers over one another, as a container's root would show them (OCI image spec, layer.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file on the disk: part of a blob, or a whole file."""

    blob: str
    """Path of the file on the disk."""
    start: int
    size: int
    tag: str
    """Changes whenever the bytes behind a name do."""


Layer = Mapping[str, Piece]
"""Relative name → content, whiteouts included."""


def compose(layers: Iterable[Layer]) -> dict[str, Piece]:
    """Return the files of an image, the lowest layer first."""
    found: dict[str, Piece] = {}
    for layer in layers:
        for name in layer:
            _cover(found, name)
        found.update({name: piece for name, piece in layer.items() if not _is_whiteout(name)})
    return found


def _is_whiteout(name: str) -> bool:
    return name.rpartition("/")[2].startswith(_WHITEOUT)


def _cover(found: dict[str, Piece], name: str) -> None:
    """Remove from lower layers what a whiteout covers."""
    folder, slash, last = name.rpartition("/")
    if not last.startswith(_WHITEOUT):
        return
    if last == _OPAQUE:
        below, gone = folder + slash, None
    else:
        gone = folder + slash + last.removeprefix(_WHITEOUT)
        below = f"{gone}/"
    for one in [one for one in found if one == gone or one.startswith(below)]:
        del found[one]
