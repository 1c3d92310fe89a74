import pytest

from daemon.core.place import Place, Turn, resolve

BRANCHES = {"main", "feature", "feature/x", "feature/#123-issue", "1test", "abcd"}
TAGS = {"v1.0", "feature", "release/2024"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("main", Place(Turn.BRANCH, "main", "")),
        ("main/src/a.py", Place(Turn.BRANCH, "main", "src/a.py")),
        ("feature/x", Place(Turn.BRANCH, "feature/x", "")),
        ("feature/x/docs/", Place(Turn.BRANCH, "feature/x", "docs")),
        ("feature/y", Place(Turn.BRANCH, "feature", "y")),
        ("feature/#123-issue", Place(Turn.BRANCH, "feature/#123-issue", "")),
        ("v1.0/README.md", Place(Turn.TAG, "v1.0", "README.md")),
        ("release/2024/x", Place(Turn.TAG, "release/2024", "x")),
        ("HEAD/docs", Place(Turn.DEFAULT, "", "docs")),
        ("499efbbc/folder1/folder2", Place(Turn.COMMIT, "499efbbc", "folder1/folder2")),
        ("499ef", Place(Turn.COMMIT, "499ef", "")),
        ("abcd", Place(Turn.BRANCH, "abcd", "")),
        ("other", None),
        ("release", None),
        ("", None),
        ("499", None),
    ],
)
def test_the_longest_known_ref_counts(place, expected):
    assert resolve(place, BRANCHES, TAGS) == expected
