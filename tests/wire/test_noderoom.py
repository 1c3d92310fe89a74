"""What a node writes down is what is read, and nonsense is nothing."""

from wire.noderoom import Given, NodeRoom, PlaceRoom, decoded, encoded


def test_it_is_read_as_it_was_written() -> None:
    told = NodeRoom(
        places=[PlaceRoom(place="/p", free=1, total=2, short="why")],
        given=[Given(cache="images", freed=3, at=4.0)],
    )
    assert decoded(encoded(told)) == told
    assert decoded(b"{") is None
    assert decoded(b"[]") is None
