"""What may be asked of a new terminal."""

import msgspec
import pytest

from supervisor.core.opening import Opening, annotations, folder


def read(text: str) -> Opening:
    return msgspec.json.decode(text, type=Opening)


def test_nothing_has_to_be_said() -> None:
    assert read("{}") == Opening()


def test_everything_can_be_said() -> None:
    asked = read(
        '{"cwd": "/tmp", "command": ["vim", "x"], "env": {"A": "="}, "cols": 100, "rows": 30,'
        ' "title": "Edit", "annotations": {"kind": "a"}}'
    )
    assert (asked.command, asked.cols, asked.env) == (["vim", "x"], 100, {"A": "="})


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"comand": []}',
        '{"command": "ls"}',
        '{"command": ["a\\u0000b"]}',
        '{"env": {"A=B": "1"}}',
        '{"env": {"": "1"}}',
        '{"env": {"A": 1}}',
        '{"cols": 0}',
        '{"rows": 1001}',
        '{"title": "%s"}' % ("x" * 201),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(text)


def test_annotations_asked_for_win() -> None:
    assert annotations({"a": "1"}, {"a": "2", "b": "3"}) == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("asked", "usual", "there", "wanted"),
    [
        ("/tmp", "/workspace/demo", True, "/tmp"),
        ("", "/workspace/demo", True, "/workspace/demo"),
        ("", "/workspace/demo", False, "/workspace"),
        ("relative", "/workspace/demo", True, "/workspace/demo"),
        ("", "", True, "/workspace"),
    ],
)
def test_where_it_begins(asked: str, usual: str, there: bool, wanted: str) -> None:  # noqa: FBT001 - a row of a table
    assert folder(asked, usual, "/workspace", lambda _path: there) == wanted
