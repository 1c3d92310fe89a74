"""Which folders take most of a disk, from what du tells of all of them. Pure."""

from collections.abc import Sequence

from supervisor.core.strain import size
from wire.usage import MOST_FOLDERS, MOST_PATH, Folder

_LEAST = 1 << 20
"""Bytes below which nobody wins anything by removing it."""
_NEARLY_ALL = 0.9
"""Part of a folder that lies in one below it, which is then what is shown."""
_COMPLAINT = "du: "
"""Begins a line about what could not be read."""
_ANYWHERE = ""


def largest(lines: Sequence[str], tops: Sequence[str]) -> list[Folder]:
    """Return the folders that take most, of du's lines of kibibytes and path; none within another.

    `tops` are those that du was asked for. Of one that has folders in it only the files that lie
    right there are shown, as `/workspace/*`: they are in none of these folders. Where a line about
    one of these is no use, nobody knows how much that is, and it is left out.
    """
    sizes, unsure = _read(lines)
    for top in tops:
        below = [size for path, size in sizes.items() if _parent(path) == top]
        if below:
            rest = sizes.pop(top, 0) - sum(below)
            if unsure.isdisjoint({top, _ANYWHERE}):
                sizes[f"{top}/*"] = rest
    shown: list[Folder] = []
    for path in sorted(sizes, key=lambda one: (-sizes[one], one)):
        if sizes[path] < _LEAST or len(shown) == MOST_FOLDERS:
            break
        most = max((sizes[one] for one in sizes if _parent(one) == path), default=0)
        if most >= _NEARLY_ALL * sizes[path]:
            continue
        if not any(path.startswith(f"{one.path}/") for one in shown):
            shown.append(Folder(path=path, size=sizes[path]))
    return shown


def _read(lines: Sequence[str]) -> tuple[dict[str, int], set[str]]:
    """Return sizes by path, and the folders of which not all that is right in them is known."""
    sizes: dict[str, int] = {}
    unsure: set[str] = set()
    for line in lines:
        count, _tab, path = line.partition("\t")
        if not count.isdigit() or not path.startswith("/"):
            if not line.startswith(_COMPLAINT):
                unsure.add(_ANYWHERE)  # of a name with a new line in it
            continue
        if len(path) > MOST_PATH or path in sizes:  # what is there twice was cut at a new line
            unsure.add(_parent(path))
        if len(path) <= MOST_PATH:
            sizes[path] = 1024 * int(count)
    return sizes, unsure


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def greeting(warning: str, folders: Sequence[Folder]) -> str:
    """Return what a new terminal says where the disk is nearly full; empty without a warning."""
    if not warning:
        return ""
    lines = [warning, *(f"{size(one.size):>8}  {one.path}" for one in folders)]
    return "\r\n".join(lines)
