import pytest

from kit.oci.core.reach import Reach, is_loopback, literal, networks
from kit.oci.core.refusals import Refused

INSIDE = Reach(networks(["10.0.0.0/8", "127.0.0.0/8", "fd00::/8"]), frozenset({"mirror.corp"}))
PRIVATE = [
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.168.0.1",
    "0.0.0.0",
    "168.63.129.16",
    "224.0.0.1",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_everybodys_are_not_asked(address: str) -> None:
    assert not Reach().permits("evil.org", address, inside=True)
    with pytest.raises(Refused, match=r"evil\.org is at"):
        Reach().check("evil.org", address, inside=True)
    assert not INSIDE.permits("evil.org", address, inside=False)


def test_what_the_operator_allows() -> None:
    for address in ("10.0.0.1", "::ffff:10.0.0.1", "fd00::7"):
        assert INSIDE.permits("reg.corp", address, inside=True)
    assert not INSIDE.permits("reg.corp", "192.168.0.1", inside=True)
    assert INSIDE.permits("mirror.corp", "192.168.0.1", inside=True)
    assert not INSIDE.permits("mirror.corp", "192.168.0.1", inside=False)
    for address in ("8.8.8.8", "2606:4700::1111"):
        assert Reach().permits("x.org", address, inside=False)


def test_hosts_that_are_addresses() -> None:
    assert literal("[::1]") == "::1"
    assert literal("127.0.0.1") == "127.0.0.1"
    assert literal("::ffff:127.0.0.1") == "127.0.0.1"
    assert literal("localhost") == literal("example.org") == ""


def test_this_machine_by_its_name_alone() -> None:
    assert all(is_loopback(one) for one in ("localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::1"))
    assert not any(is_loopback(one) for one in ("localhost.evil.org", "10.0.0.1", "127.0.0.1.x"))


def test_networks_are_read() -> None:
    with pytest.raises(ValueError, match="bits"):
        networks(["10.0.0.1/8"])
