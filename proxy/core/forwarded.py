"""Who the client is when a trusted front (load balancer, ingress) stands before the proxy."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Fronts:
    """Networks whose X-Forwarded-For is believed; none by default."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, texts: tuple[str, ...]) -> "Fronts":
        """Build from addresses or networks in CIDR notation; raises ValueError."""
        return cls(tuple(ip_network(one) for one in texts))

    def trusts(self, address: str) -> bool:
        """Tell whether a peer is a front of ours."""
        if not self.networks:
            return False
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.networks)

    def client(self, peer: str, told: str) -> str:
        """Return the client's address: the last one that no front of ours added.

        `told` is X-Forwarded-For as received; it is believed from fronts alone.
        """
        client = peer
        for hop in reversed(told.split(",") if told else []):
            if not self.trusts(client):
                break
            try:
                client = str(ip_address(hop.strip()))
            except ValueError:
                break
        return client
