"""JSON with comments: values and places."""

import pytest

from supervisor.core.findings import line_of
from supervisor.core.jsonc import NoJsonError, read
from wire.jsonc import plain

TEXT = """{
\t// a comment with "quotes" and a comma,
\t"image": "a//b", /* more
\tlines */
\t"list": [1, 2, // last
\t],
\t"path": "C:\\\\x", "end": "a\\"b", "web": "https://h.org/*",
}
"""


def test_comments_and_trailing_commas_are_passed_over_and_nothing_moves():
    found = read("f", TEXT)
    assert found.value == {
        "image": "a//b",
        "list": [1, 2],
        "path": "C:\\x",
        "end": 'a"b',
        "web": "https://h.org/*",
    }
    assert plain(TEXT).count("\n") == TEXT.count("\n")
    assert [line_of(found.node, (one,)) for one in ("image", "list", "end")] == [3, 5, 7]
    assert line_of(found.node, ("list", 1)) == 5


@pytest.mark.parametrize("text", ["{", "", "{'a': 1}", '{"a": 1 "b": 2}', "[" * 100_000])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(NoJsonError):
        read("f", text)


def test_the_line_of_the_mistake_is_told():
    with pytest.raises(NoJsonError) as refused:
        read("f", '{\n  // one\n  "a" 1\n}')
    assert refused.value.line == 3


def test_half_a_character_is_refused():
    with pytest.raises(NoJsonError, match="half a character"):
        read("f", '{"a": "\\ud800"}')
    assert read("f", '{"a": "\\ud83d\\ude00"}').value == {"a": "\U0001f600"}


def test_a_mark_at_the_beginning_is_passed_over():
    assert read("f", "\ufeff{}").value == {}
