"""Patterns of people, made restic's."""

import pytest

from daemon.core.excludes import excludes_of
from daemon.core.refused import Refused
from wire.excludes import MOST


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        ("node_modules", "workspace/**/node_modules"),
        ("node_modules/", "workspace/**/node_modules"),
        ("*.log", "workspace/**/*.log"),
        ("/target", "workspace/target"),
        ("demo/target/", "workspace/demo/target"),
        ("demo/**/x", "workspace/demo/**/x"),
        ("./demo//x", "workspace/demo/x"),
    ],
)
def test_patterns_stay_below_the_tree(pattern, made):
    assert excludes_of([pattern]) == [made]


@pytest.mark.parametrize(
    "pattern", ["", "/", ".", "..", "a/../b", "!a", "a\nb", "a\0", "a\\b", "x" * 2000]
)
def test_anything_else_is_refused(pattern):
    with pytest.raises(Refused):
        excludes_of([pattern])


def test_not_too_many():
    assert len(excludes_of(["a"] * MOST)) == MOST
    with pytest.raises(Refused):
        excludes_of(["a"] * (MOST + 1))
