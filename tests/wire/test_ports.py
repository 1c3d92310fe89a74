"""Wishes cross the wire inside the agent link's documents, which have golden files."""

from wire.ports import PortWish, opening


def test_a_port_is_private_unless_it_is_wished_public():
    assert PortWish(first=1, last=1).public is False


def test_gitpods_defaults_of_what_happens_when_something_listens():
    assert [opening(port, None) for port in (10000, 10001)] == ["notify-private", "ignore"]
    assert [opening(60000, wished) for wished in ("", "ignore")] == ["notify", "ignore"]
