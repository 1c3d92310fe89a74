"""Layers over one another, as a container's root would show them (OCI image spec, layer.md)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_HOPS = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a file on the disk: part of a blob, or a whole file."""

    blob: str
    """Path of the file on the disk."""
    start: int
    size: int
    tag: str
    """Changes whenever the bytes behind a name do."""
    link: str = ""
    """Of a link, which has no bytes: the name that it leads to, from the image's root."""
    hard: bool = False
    """Of a link that is a second name: it stays what it was when the other one goes or changes."""


_NOWHERE = Piece("", 0, 0, "", link=" ")

Layer = Mapping[str, Piece]
"""Relative name → content, whiteouts included."""


def compose(layers: Iterable[Layer]) -> dict[str, Piece]:
    """Return the files of an image, the lowest layer first."""
    found: dict[str, Piece] = {}
    for layer in layers:
        seconds = {
            name: same_file(layer, found.get, piece) for name, piece in layer.items() if piece.hard
        }
        gone, emptied = _hidden_by(layer)
        if gone or emptied:
            # each name looks up its folders: looking up each whiteout's names would take as many
            # steps as both together have, and layers may have a million of each
            found = {
                name: piece for name, piece in found.items() if not _is_in(name, gone, emptied)
            }
        found.update({name: piece for name, piece in layer.items() if not _is_whiteout(name)})
        found.update({name: piece or _NOWHERE for name, piece in seconds.items()})
    return found


def same_file(
    layer: Layer, below: Callable[[str], Piece | None], piece: Piece | None
) -> Piece | None:
    """Return what a second name of a layer is a name of: in the layer itself, or below it.

    None when there is no such file.
    """
    for _ in range(_HOPS):
        if piece is None or not piece.hard:
            return piece
        piece = layer.get(piece.link) or below(piece.link)
    return None


def _hidden_by(layer: Layer) -> tuple[set[str], set[str]]:
    """Return the names that a layer takes away, and the folders of which it shows only its own."""
    gone, emptied = set(), set()
    for name in layer:
        folder, slash, last = name.rpartition("/")
        if last == _OPAQUE:
            emptied.add(folder)
        elif last.startswith(_WHITEOUT):
            gone.add(folder + slash + last.removeprefix(_WHITEOUT))
    return gone, emptied


def _is_in(name: str, gone: set[str], emptied: set[str]) -> bool:
    if name in gone or "" in emptied:
        return True
    folder = name.rpartition("/")[0]
    while folder:
        if folder in gone or folder in emptied:
            return True
        folder = folder.rpartition("/")[0]
    return False


def followed(files: Mapping[str, Piece]) -> dict[str, Piece]:
    """Return the files with links replaced by what they lead to; those that lead nowhere are gone.

    Links are looked up by name, so that none leads out of the image.
    """
    found = {}
    for name, piece in files.items():
        hops, at = _HOPS, piece
        while at.link and hops:
            hops -= 1
            at = files.get(at.link, _NOWHERE)
        if not at.link:
            found[name] = at
    return found


def covers(layer: Layer, name: str) -> bool:
    """Tell whether a layer hides a name of the layers below."""
    folder, slash, last = name.rpartition("/")
    while True:
        if f"{folder}{slash}{_WHITEOUT}{last}" in layer or f"{folder}{slash}{_OPAQUE}" in layer:
            return True
        if not folder:
            return False
        folder, slash, last = folder.rpartition("/")


def plain_name(name: str) -> str:
    """Return a member's name as files are asked for; empty for one that leaves the image."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    return "" if ".." in parts else "/".join(parts)


def link_target(name: str, target: str) -> str:
    """Return the name, from the image's root, that a symbolic link leads to; it cannot leave."""
    parts = [] if target.startswith("/") else name.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            # as in a container's root, whose parent is itself
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _is_whiteout(name: str) -> bool:
    return name.rpartition("/")[2].startswith(_WHITEOUT)
