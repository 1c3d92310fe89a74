"""Whose word about the client is believed."""

import pytest

from proxy.core.forwarded import Fronts

FRONTS = Fronts.of(("10.0.0.0/8", "fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "<script>, 10.0.0.2", "10.0.0.2"),
        ("unknown", "198.51.100.7", "unknown"),
    ],
)
def test_the_client_is_the_last_one_that_no_front_added(peer, told, client):
    assert FRONTS.client(peer, told) == client


def test_without_fronts_nobody_is_believed():
    assert Fronts().client("10.0.0.1", "198.51.100.7") == "10.0.0.1"
    assert not Fronts().trusts("10.0.0.1")


@pytest.mark.parametrize("text", ["10.0.0.1/8", "nonsense", "10.0.0.0/33"])
def test_a_network_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Fronts.of((text,))
