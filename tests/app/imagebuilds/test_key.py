from dataclasses import replace

import pytest

from app.imagebuilds.key import Ingredients, key_of

MADE_OF = Ingredients(
    organisation="ada",
    dockerfile="FROM a\nCOPY x /x\n",
    base="c8512",
    target="",
    arguments={"V": "1"},
    objects={"x": "1" * 40},
)


def test_the_same_parts_are_the_same_image():
    assert key_of(MADE_OF) == key_of(replace(MADE_OF, objects=dict(MADE_OF.objects)))
    assert len(key_of(MADE_OF)) == 64


@pytest.mark.parametrize(
    "other",
    [
        {"organisation": "bob"},
        {"dockerfile": "FROM a\n"},
        {"base": "c8513"},
        {"target": "last"},
        {"arguments": {"V": "2"}},
        {"arguments": {"V": "1", "W": ""}},
        {"objects": {"x": "2" * 40}},
        {"objects": {"y": "1" * 40}},
        {"person": "ada"},
        {"features": ["a"]},
    ],
)
def test_another_part_is_another_image(other: dict[str, object]):
    assert key_of(replace(MADE_OF, **other)) != key_of(MADE_OF)  # type: ignore[arg-type] # one field each


def test_no_value_can_pass_for_a_line_of_its_own():
    tricky = replace(MADE_OF, arguments={"V": "1\nTarget: last"})
    assert key_of(tricky) != key_of(replace(MADE_OF, target="last"))
