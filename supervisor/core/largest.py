"""Which folders take most of a disk, from what du tells of all of them. Pure."""

from collections.abc import Sequence

from supervisor.core.strain import size
from wire.usage import MOST_FOLDERS, MOST_PATH, Folder

_LEAST = 1 << 20
"""Bytes below which nobody wins anything by removing it."""
_NEARLY_ALL = 0.9
"""Part of a folder that lies in one below it, which is then what is shown."""


def largest(lines: Sequence[str], tops: Sequence[str]) -> list[Folder]:
    """Return the folders that take most, of du's lines of kibibytes and path; none within another.

    `tops` are those that du was asked for. Of one that has folders in it only the files that lie
    right there are shown, as `/workspace/*`: they are in none of these folders.
    """
    sizes: dict[str, int] = {}
    for line in lines:
        count, _tab, path = line.partition("\t")
        if count.isdigit() and path.startswith("/") and len(path) <= MOST_PATH:
            sizes[path] = 1024 * int(count)
    for top in tops:
        below = [size for path, size in sizes.items() if path.rpartition("/")[0] == top]
        if below:
            sizes[f"{top}/*"] = sizes.pop(top, 0) - sum(below)
    shown: list[Folder] = []
    for path in sorted(sizes, key=lambda one: (-sizes[one], one)):
        if sizes[path] < _LEAST or len(shown) == MOST_FOLDERS:
            break
        most = max((sizes[one] for one in sizes if one.rpartition("/")[0] == path), default=0)
        if most >= _NEARLY_ALL * sizes[path]:
            continue
        if not any(path.startswith(f"{one.path}/") for one in shown):
            shown.append(Folder(path=path, size=sizes[path]))
    return shown


def greeting(warning: str, folders: Sequence[Folder]) -> str:
    """Return what a new terminal says where the disk is nearly full; empty without a warning."""
    if not warning:
        return ""
    lines = [warning, *(f"{size(one.size):>8}  {one.path}" for one in folders)]
    return "\r\n".join(lines)
