"""Questions of `gp` to the server."""

import pytest
from msgspec import ValidationError, convert

from wire.variables import PortSaid, VariablesSet, VariablesUnset


def test_what_is_asked_is_bounded() -> None:
    assert convert({"variables": {"A": "b"}}, VariablesSet).variables == {"A": "b"}
    for wrong in ({}, {"A-B": "c"}, {"A": "\0"}, {"A": "b" * 9000}):
        with pytest.raises(ValidationError):
            convert({"variables": wrong}, VariablesSet)
    with pytest.raises(ValidationError):
        convert({"names": ["A"] * 51}, VariablesUnset)


@pytest.mark.parametrize(
    "said", [{"port": 0}, {"port": 70000}, {"port": 1, "visibility": "x"}, {"port": 1, "x": 1}]
)
def test_what_is_said_of_a_port_is_one_of_few(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        convert(said, PortSaid)
