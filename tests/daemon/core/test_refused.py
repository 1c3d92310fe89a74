"""What a caller is told in its own words."""

from daemon.core.refused import Refused


def test_it_says_what_was_wrong():
    assert str(Refused("instance must be <workspace>.<n>")) == "instance must be <workspace>.<n>"
