"""What is measured has bounds as well: an instance is not trusted."""

import msgspec
import pytest

from wire.usage import Usage


def test_what_is_not_measured_is_nothing() -> None:
    assert msgspec.json.decode(b'{"cpu": 0.5}', type=Usage) == Usage(cpu=0.5)


@pytest.mark.parametrize("said", [b"{}", b'{"cpu": -1}', b'{"cpu": 1, "memory": -1}'])
def test_what_cannot_be_is_refused(said: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(said, type=Usage)
