"""What no database, page or script can hold is refused."""

from typing import Any

import msgspec
import pytest

from wire.numbers import Amount, Count, ExitCode, Moment


@pytest.mark.parametrize(
    ("kind", "least", "most", "wrong"),
    [
        (Count, 0, 2**53, (-1, 2**53 + 1, 0.5)),
        (ExitCode, -(2**31), 2**31, (2**40,)),
        (Amount, 0.0, 1e9, (-0.1, 1e10)),
        (Moment, 0.0, 253_402_300_799.0, (-1.0, 1e13)),
    ],
)
def test_a_number_has_bounds(kind: Any, least: float, most: float, wrong: tuple[float]) -> None:
    for good in (least, most):
        assert msgspec.convert(good, kind) == good
    for bad in wrong:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(bad, kind)
