"""Wishes cross the wire inside the agent link's documents, which have golden files."""

from wire.ports import PortWish


def test_a_port_is_private_unless_it_is_wished_public():
    assert PortWish(first=1, last=1).public is False
