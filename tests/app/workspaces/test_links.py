"""The newest connection of an instance is the one that counts."""

from app.workspaces.links import Links

ONE = "amber-otter-0000000000.1"


def test_a_newer_connection_ends_the_older_one() -> None:
    links = Links()
    first = links.take(ONE)
    second = links.take(ONE)
    assert first.is_set()
    assert not second.is_set()
    links.drop(ONE, first)
    assert links.connected(ONE)
    links.drop(ONE, second)
    assert not links.connected(ONE)
