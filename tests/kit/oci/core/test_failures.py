from kit.oci.core.failures import Failure, NotFound, Unauthorized, Unavailable


def test_all_of_them_are_failures() -> None:
    assert issubclass(NotFound, Failure)
    assert issubclass(Unauthorized, Failure)
    busy = Unavailable("busy", 3.0)
    assert (str(busy), busy.wait, Unavailable("gone").wait) == ("busy", 3.0, None)
