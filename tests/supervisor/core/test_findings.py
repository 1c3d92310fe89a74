"""Findings of a schema, in words."""

import yaml

from supervisor.core.findings import Document, examine, field_of, kind_of, line_of

SCHEMA = {
    "type": "object",
    "properties": {
        "names": {"type": "object", "propertyNames": {"pattern": "^[A-Z]+$"}},
        "list": {"type": "array", "items": {"type": "string"}},
    },
    "additionalProperties": False,
}
TEXT = "names:\n  A: 1\n  b: 2\nlist:\n  - a\n  - 3\nlits: []\n"


def document(text: str) -> Document:
    return Document("f.yml", yaml.safe_load(text), yaml.compose(text))


def test_every_finding_has_its_place():
    found = examine(document(TEXT), SCHEMA, lambda _error: "")
    assert [str(one) for one in found.faults] == [
        "line 3, names.b: is no name that fits here",
        "line 6, list[1]: is a number and must be a text",
        "line 7, lits: is not known: did you mean list?",
    ]
    assert {one.file for one in found.faults} == {"f.yml"}
    assert (found.entries("names"), found.inside("list", 0)) == ({"b"}, False)
    assert (found.inside("list"), found.inside("lits")) == (True, False)


def test_own_words_go_first():
    found = examine(document("list: 3"), SCHEMA, lambda _error: "is odd")
    assert [one.cause for one in found.faults] == ["is odd"]


def test_paths_are_written_as_people_do():
    assert field_of(("tasks", 0, "env", "A")) == "tasks[0].env.A"


def test_what_has_no_place_has_that_of_the_nearest_above():
    assert line_of(yaml.compose(TEXT), ("names", "none", 4)) == 1
    assert line_of(None, ("names",)) == 1


def test_kinds_are_words():
    values = (True, "", {}, [], 1, 1.5, None, object())
    assert [kind_of(one) for one in values] == [
        *("true or false", "a text", "a set of names and values", "a list"),
        *("a number", "a number", "nothing", "something else"),
    ]
