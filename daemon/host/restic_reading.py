"""What is in a repository: its points, a folder of one, the bytes of a file or a folder."""

import json
from typing import Any, Final

from daemon.host.restic_backup import MANIFEST
from daemon.host.restic_run import ResticFailed, restic, restic_through
from daemon.host.survey import spell, unspell

MISSING: Final = "no such file or folder"
_NO_LOCK: Final = "--no-lock"
_SIMPLE: Final = {
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34, "'": 39,
}  # fmt: skip
_CODED: Final = {"x": 2, "u": 4, "U": 8}


def points(_plan: dict[str, Any]) -> dict[str, Any]:
    """Return restic's own list."""
    return {"snapshots": json.loads(restic(_NO_LOCK, "snapshots", "--json") or b"null") or []}


def browse(plan: dict[str, Any]) -> dict[str, Any]:
    """Return what is in the folder."""
    whole = json.loads(restic(_NO_LOCK, "cat", "snapshot", plan["snapshot"]))
    nodes = [one for one in _nodes(whole["tree"]) if one["name"] != MANIFEST]
    for part in filter(None, unspell(plan["path"]).split(b"/")):
        below = [one["subtree"] for one in nodes if _is_folder(one) and name_of(one) == part]
        if not below:
            raise ResticFailed(MISSING)
        nodes = _nodes(below[0])
    return {"entries": [_entry(one) for one in nodes]}


def export(plan: dict[str, Any]) -> None:
    """Write the file, or the folder as an archive, to stdout."""
    words = [_NO_LOCK, "dump"]
    if plan["archive"]:
        words += ["--archive", plan["archive"]]
    restic_through(*words, plan["snapshot"], b"/" + unspell(plan["path"]))


def name_of(node: dict[str, Any]) -> bytes:
    """Return a node's name, which restic spells as a literal of Go."""
    text, place, name = node["name"], 0, bytearray()
    while place < len(text):
        if text[place] != "\\":
            name += text[place].encode()
            place += 1
            continue
        kind, place = text[place + 1], place + 2
        if kind in _CODED:
            number = int(text[place : place + _CODED[kind]], 16)
            name += bytes([number]) if kind == "x" else chr(number).encode()
            place += _CODED[kind]
        else:
            name.append(_SIMPLE[kind])
    return bytes(name)


def _nodes(tree: str) -> list[dict[str, Any]]:
    found = json.loads(restic(_NO_LOCK, "cat", "blob", tree))
    return found.get("nodes") or []


def _is_folder(node: dict[str, Any]) -> bool:
    return bool(node["type"] == "dir")


def _entry(node: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": spell(name_of(node)),
        "type": node["type"],
        "size": node.get("size", 0),
        "mtime": node["mtime"],
        "mode": node.get("mode", 0) & 0o777,
        "target": node.get("linktarget", ""),
    }
