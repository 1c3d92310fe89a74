"""Which driver is chosen."""

import pytest

from daemon.core.drivers import Driver, chosen


@pytest.mark.parametrize(
    ("overlay", "reflink", "best"),
    [
        (True, True, Driver.OVERLAY),
        (True, False, Driver.OVERLAY),
        (False, True, Driver.REFLINK),
        (False, False, Driver.COPY),
    ],
)
def test_the_best_that_works(overlay, reflink, best):
    assert chosen(overlay=overlay, reflink=reflink) is best
