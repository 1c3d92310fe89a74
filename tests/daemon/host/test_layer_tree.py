"""Steps carried out below a root: in a process of its own, of which the root is `/`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.root
CHECKOUT = Path(__file__).resolve().parents[3]
RUN = """
import json, os, sys
from daemon.core.layers import Entry, Kind, step_of
from daemon.host.layer_tree import Tree
plan = json.load(sys.stdin)
os.chroot(plan["root"])
os.umask(0)
for layer in plan["layers"]:
    tree = Tree()
    for one in layer:
        content = one.pop("content", "").encode()
        entry = Entry(
            name=one.pop("name").encode(), kind=Kind(one.pop("kind", "file")),
            link=one.pop("link", "").encode(), size=one.pop("size", len(content)), **one,
        )
        parts = [content]
        tree.apply(entry, step_of(entry), lambda _size: parts.pop() if parts else b"")
"""


def applied(root: Path, *layers: list[dict[str, object]]) -> str:
    """Apply layers, one after the other; returns the last line of what it complains of."""
    root.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps({"root": str(root), "layers": layers}),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().rpartition("\n")[2]


def file(name: str, content: str = "x", **more: object) -> dict[str, object]:
    return {"name": name, "content": content, **more}


def tree(root: Path) -> dict[str, str]:
    """Name → content of files, and what links say."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_text()
    return found


def test_owners_modes_and_second_names(tmp_path):
    root = tmp_path / "root"
    entries = [
        file("bin/su", mode=0o4755, uid=0, gid=33333),
        {"name": "bin/again", "kind": "hardlink", "link": "bin/su"},
        {"name": "home", "kind": "folder", "mode": 0o1777, "uid": 7, "gid": 8},
        {"name": "pipe", "kind": "fifo", "mode": 0o640},
        {"name": ".", "kind": "folder", "mode": 0o711},
    ]
    assert applied(root, entries) == ""
    su, home = (root / "bin/su").stat(), (root / "home").stat()
    assert (su.st_mode & 0o7777, su.st_gid, su.st_nlink) == (0o4755, 33333, 2)
    assert (home.st_mode & 0o7777, home.st_uid, home.st_gid) == (0o1777, 7, 8)
    assert (root / "pipe").is_fifo()
    assert root.stat().st_mode & 0o7777 == 0o711


def test_second_names_reach_into_lower_layers_and_stay_what_they_were(tmp_path):
    root = tmp_path / "root"
    lower = [file("a", "a"), file("b", "b"), {"name": "b2", "kind": "hardlink", "link": "b"}]
    upper = [
        {"name": "a2", "kind": "hardlink", "link": "a"},
        file(".wh.a", ""),
        file("b", "new"),
    ]
    assert applied(root, lower, upper) == ""
    assert tree(root) == {"a2": "a", "b": "new", "b2": "b"}


def test_what_goes_through_a_link_ends_in_the_root(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    entries = [
        {"name": "away", "kind": "symlink", "link": str(outside)},
        file("away/file"),
        {"name": "lib", "kind": "symlink", "link": "usr/lib"},
        file("lib/libc", "c"),
    ]
    assert applied(root, entries) == ""
    assert list(outside.iterdir()) == []
    assert (root / str(outside).lstrip("/") / "file").read_text() == "x"
    assert (root / "usr/lib/libc").read_text() == "c"


def test_a_name_is_taken_over_by_what_comes_later(tmp_path):
    root = tmp_path / "root"
    first = [file("a/deep/file"), {"name": "s", "kind": "symlink", "link": "a"}, file("f")]
    later = [file("a", "now a file"), {"name": "s", "kind": "folder"}, file("s/in", "in")]
    assert applied(root, first, later) == ""
    assert tree(root) == {"a": "now a file", "s/in": "in", "f": "x"}


def test_whiteouts_take_away_what_lower_layers_have(tmp_path):
    root = tmp_path / "root"
    lower = [file("etc/a"), file("etc/b"), file("opt/x/y"), file("var/keep"), file("var/old")]
    upper = [
        file("etc/.wh.a", ""),
        file("etc/.wh.missing", ""),
        file("nowhere/.wh.x", ""),
        file(".wh.opt", ""),
        file("var/new", "n"),
        file("var/sub/own", "o"),
        file("var/.wh..wh..opq", ""),
        file("void/.wh..wh..opq", ""),
    ]
    assert applied(root, lower, upper) == ""
    assert tree(root) == {"etc/b": "x", "var/new": "n", "var/sub/own": "o"}


def test_a_whiteout_does_not_count_for_its_own_layer(tmp_path):
    root = tmp_path / "root"
    upper = [file("d/new", "n"), file(".wh.d", ""), file("f", "f"), file(".wh.f", "")]
    assert applied(root, [file("d/old"), file("f")], upper) == ""
    assert tree(root) == {"d/new": "n", "f": "f"}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([{"name": "h", "kind": "hardlink", "link": "nix"}], "h is a second name of nix, which is"),
        (
            [{"name": "d", "kind": "folder"}, {"name": "h", "kind": "hardlink", "link": "d"}],
            "h is a second name of a folder",
        ),
        ([file("f"), file("f/below")], "Not a directory"),
        ([{"name": "l", "kind": "symlink", "link": "l"}, file("l/x")], "Too many levels"),
        (
            [
                file(f"{'d/' * 200}f"),
                {"name": "l", "kind": "symlink", "link": "d/" * 200 + "d"},
                file(f"l/{'e/' * 200}f"),
            ],
            "lies too deep",
        ),
        ([file("f", "short", size=99)], "f ends before it is whole"),
    ],
)
def test_what_cannot_be_is_told(tmp_path, entries, why):
    told = applied(tmp_path / "root", entries)
    assert why in told or "File exists" in told, told


def test_attributes_follow_owners(tmp_path):
    root = tmp_path / "root"
    assert applied(root, [file("x", uid=5)]) == ""
    assert (root / "x").stat().st_uid == 5
    assert os.listxattr(root / "x") == []
