"""Orders about restore points."""

import pytest

from daemon.core import pointorders
from daemon.core.refused import Refused

KEY = bytes(32)
WORKSPACE = "amber-otter-4k2hw9xz1q"


def backup(**words):
    chosen = {"point": "p", "key": KEY, "excludes": [], "always": False, **words}
    return pointorders.backup_order(f"{WORKSPACE}.2", **chosen)


def test_an_order_shows_no_key():
    order = backup(excludes=["a"])
    assert (order.instance.n, order.point, order.excludes) == (2, "p", ["workspace/**/a"])
    assert "00" not in repr(order)


@pytest.mark.parametrize("words", [{"point": "../p"}, {"key": b"short"}, {"excludes": [".."]}])
def test_what_does_not_parse(words):
    with pytest.raises(Refused):
        backup(**words)


def test_restores():
    repository = pointorders.repository_of(WORKSPACE, KEY)
    words = {"repository": repository, "point": "p"}
    order = pointorders.restore_order(f"{WORKSPACE}.1", restore="w", **words)
    assert (order.restore, order.point) == ("w", "p")
    with pytest.raises(Refused):
        pointorders.restore_order(f"{WORKSPACE}.1", restore="W", **words)
    with pytest.raises(Refused):
        pointorders.repository_of("../x", KEY)


def test_points_by_the_thousand():
    assert pointorders.points_of(["a", "b"]) == ["a", "b"]
    for bad in (["a"] * 1001, ["A"]):
        with pytest.raises(Refused):
            pointorders.points_of(bad)


@pytest.mark.parametrize(
    ("path", "made"), [(b"", b""), (b"/", b""), (b"/a/b/", b"a/b"), (b"\xff\n", b"\xff\n")]
)
def test_paths_of_any_bytes(path, made):
    assert pointorders.path_of(path) == made


@pytest.mark.parametrize("path", [b"a//b", b"../a", b"a/./b", b"a\0", b"x" * 5000])
def test_paths_that_are_none(path):
    with pytest.raises(Refused):
        pointorders.path_of(path)
