"""What is told of a frozen tree."""

from daemon.core.frozen import Frozen, State, status_of


def test_what_is_written_down_is_done():
    kept = Frozen(snapshot="s", folder="demo", revision="", branch="main", files=2, bytes=5)
    told = status_of(kept, 1.5)
    assert (told.snapshot, told.state, told.files, told.bytes) == ("s", State.DONE, 2, 5)
    assert told.took == 1.5
