"""Where the code of a workspace lies."""

import pytest

from app.db.workspaces import WorkspaceRow
from app.workspaces.location import asked_for, clone_of, code_of


@pytest.mark.parametrize(
    ("config", "location"),
    [
        ("checkoutLocation: code", "code"),
        ("image: {file: a}\ntasks: [{checkoutLocation: no}]\ncheckoutLocation: a/b.c/", "a/b.c"),
        ("checkoutLocation: ./a//b", "a/b"),
        ("checkoutLocation: .hidden", ".hidden"),
        ("checkoutLocation: .", ""),
        ("checkoutLocation: ..", ""),
        ("checkoutLocation: a/../../etc", ""),
        ("checkoutLocation: /etc", ""),
        ("checkoutLocation: a/.git/hooks", ""),
        ("checkoutLocation: .podium", ""),
        ("checkoutLocation: -x", ""),
        ('checkoutLocation: "a b"', ""),
        ('checkoutLocation: "a;b"', ""),
        ("checkoutLocation: [a]", ""),
        (f"checkoutLocation: {'a/' * 11}", ""),
        (f"checkoutLocation: {'a' * 201}", ""),
        ('{"checkoutLocation": "a"}', ""),
        ("a: [", ""),
        ("- a", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_only_a_plain_path_below_the_workspace_counts(config: str, location: str) -> None:
    assert asked_for(config) == location


def test_the_clone_lies_below_the_repositorys_name_until_it_is_moved() -> None:
    row = WorkspaceRow(folder="demo", location="")
    assert clone_of(row) == code_of(row) == "/workspace/demo"
    row.location = "src/own"
    assert (clone_of(row), code_of(row)) == ("/workspace/demo", "/workspace/src/own")
