"""Which addresses a registry, and what it leads to, may have.

A name that a user gives must not make us ask the machine's own services or the network behind
it: addresses that are not everybody's are refused unless the operator allows their network. A
registry of the outside leads nowhere inside, even there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kit.oci.core.refusals import Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64 = ip_network("64:ff9b::/96")
_METADATA = frozenset({ip_address("168.63.129.16")})
"""Of a cloud, though everybody's by its number."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be asked. Host names here have no port."""

    networks: tuple[Network, ...] = ()
    """Private networks in which registries are."""
    hosts: frozenset[str] = frozenset()
    """Hosts that the operator has named (mirrors): wherever they are."""

    def permits(self, host: str, address: str, *, inside: bool) -> bool:
        """Tell whether a host may be asked at an address; `inside` unless led by the outside."""
        found = _address(address)
        if is_public(found):
            return True
        allowed = any(found in one for one in self.networks if one.version == found.version)
        return inside and (allowed or host in self.hosts)

    def check(self, host: str, address: str, *, inside: bool) -> None:
        """Raise Refused where `permits` says no."""
        if not self.permits(host, address, inside=inside):
            raise Refused(f"{host} is at {address}, an address that registries are not asked at")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks of their texts; raises ValueError for one that is none."""
    return tuple(ip_network(one) for one in texts)


def literal(host: str) -> str:
    """Return the address that a host is itself; empty when it is a name."""
    try:
        return str(_address(host.strip("[]")))
    except ValueError:
        return ""


def is_public(address: Address) -> bool:
    """Tell whether an address is everybody's."""
    old = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or old or address in _METADATA)


def is_loopback(host: str) -> bool:
    """Tell whether a host, without its port, is this machine by its name alone."""
    address = literal(host)
    return host == "localhost" or (bool(address) and ip_address(address).is_loopback)


def _address(text: str) -> Address:
    """Return an address; of one that stands for another (IPv4 in IPv6) that other one."""
    found = ip_address(text.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        return inner or found
    return found
