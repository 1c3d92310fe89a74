"""Words of a line end with a line, so that two in a row are two."""

from proxy.net.line import LEAVE, READY


def test_words() -> None:
    assert READY != LEAVE
    assert READY.endswith(b"\n")
    assert LEAVE.endswith(b"\n")
