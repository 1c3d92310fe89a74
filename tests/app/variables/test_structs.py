"""Shapes of the API over variables."""

import pytest
from msgspec import ValidationError, convert

from app.variables.structs import SetVariable


@pytest.mark.parametrize("name", ["A", "_a1", "a" * 255])
def test_names(name: str) -> None:
    assert convert({"name": name, "pattern": "a/b", "value": ""}, SetVariable).name == name


@pytest.mark.parametrize("name", ["", "1A", "A B", "A=", "a" * 256, "A\n"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        convert({"name": name, "pattern": "a/b", "value": "v"}, SetVariable)
