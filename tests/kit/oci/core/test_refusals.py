import pytest

from kit.oci.core.refusals import Refused


def test_it_is_a_value_error_that_tells_why() -> None:
    with pytest.raises(ValueError, match="no digest"):
        raise Refused("no digest")
