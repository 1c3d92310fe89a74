"""Comments and trailing commas go, and nothing moves."""

import json

import pytest

from wire.jsonc import plain


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, /* one */ "b": [2, 3,], // two\n}',
        '\ufeff// first\n{"a": 1, "b": [2, 3]}',
        '{"a": 1, "b": [2, 3,\n// more\n]\n,}',
    ],
)
def test_what_is_left_is_json(text: str) -> None:
    assert json.loads(plain(text)) == {"a": 1, "b": [2, 3]}


def test_texts_stay_and_lines_too() -> None:
    text = '{"a": "// no, comment,}", "b": "\\"/*"}'
    assert plain(text) == text
    assert plain("1 /* a\nb */ 2") == "1     \n     2"
