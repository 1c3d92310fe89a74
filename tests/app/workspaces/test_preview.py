import pytest
from msgspec.structs import replace

from app.workspaces.preview import Recent, same
from app.workspaces.repository import parse
from app.workspaces.structs import WorkspaceView
from tests.app.workspaces.test_looks import view

DEMO = "https://h.org/a/b"


def opened(**changes: object) -> WorkspaceView:
    return replace(view(), **{"url": DEMO, **changes})


@pytest.mark.parametrize(
    ("changes", "url", "expected"),
    [
        ({}, DEMO, True),
        ({}, f"{DEMO}.git", True),
        ({}, f"{DEMO}/tree/main", False),
        ({}, "https://h.org/a/c", False),
        ({"deleting": True}, DEMO, False),
        ({"kind": "ref", "ref": "feature/x"}, f"{DEMO}/tree/feature/x", True),
        ({"kind": "ref", "ref": "feature/x"}, f"{DEMO}/tree/feature/x/docs", True),
        ({"kind": "ref", "ref": "feature/x"}, f"{DEMO}/tree/feature/xyz", False),
        ({"kind": "place", "ref": "main/docs"}, f"{DEMO}/tree/main/docs", True),
        ({"kind": "pull", "ref": "refs/pull/7/head", "number": 7}, f"{DEMO}/pull/7", True),
        ({"kind": "pull", "ref": "refs/pull/7/head", "number": 7}, f"{DEMO}/pull/8", False),
        ({"kind": "issue", "number": 7}, f"{DEMO}/issues/7", True),
        ({"kind": "issue", "number": 7}, DEMO, False),
    ],
)
def test_a_workspace_of_the_same_place(changes: dict, url: str, expected: object) -> None:
    assert same(opened(**changes), parse(url, "", {"https"}, [])) is expected


def test_a_repository_is_called_by_its_last_name() -> None:
    assert Recent(DEMO, "h.org/a/b").name == "b"
    assert Recent("file:///srv/git/x", "/srv/git/x").name == "x"
    assert Recent("file:///srv/git/x.git", "/srv/git/x.git").name == "x"
