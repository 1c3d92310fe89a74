"""A workspace's network: names, addresses, and the rules of `table inet podium_<tag>`.

Each instance has a slot on this host. The slot gives its id range (65536 ids), its
/30 out of 198.18.0.0/16 and the name of its interface, so that one reservation
covers them all. Interfaces are routed, never bridged: frames inside a bridge do
not pass the forward hook. The host's end has no address of its own, but a route to the
other end, and both know each other's hardware address: a browser on this machine gives
up what it loads whenever the machine gets or loses an address. IPv6 is not offered yet,
so all of it is dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Final

from wire.names import ENTRY_PORT, LOOKUP_PORT, OWN_MARK
from wire.slots import FIRST_ID, NETWORK, RANGE

_NETWORK: Final = IPv4Network(NETWORK)

DENIED: Final = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
"""Host-private, link-local (metadata), CGNAT, other workspaces, multicast."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One instance's share of the host; `index` is from 0 to SLOTS - 1."""

    tag: str
    index: int

    @property
    def first_id(self) -> int:
        """Host id of the container's root."""
        return FIRST_ID + self.index * RANGE

    @property
    def interface(self) -> str:
        """Name of the host's end of the veth, at most 15 characters."""
        return f"pd{self.tag}{self.index:x}"

    @property
    def gateway(self) -> IPv4Address:
        """Next hop of the workspace; no address of the host's."""
        return _NETWORK[self.index * 4 + 1]

    @property
    def address(self) -> IPv4Address:
        """Address inside the workspace."""
        return _NETWORK[self.index * 4 + 2]

    @property
    def outer_mac(self) -> str:
        """Hardware address of the host's end, locally administered."""
        return f"02:70:64:00:{self.index >> 8:02x}:{self.index & 0xFF:02x}"

    @property
    def inner_mac(self) -> str:
        """Hardware address of the workspace's end."""
        return f"02:70:64:01:{self.index >> 8:02x}:{self.index & 0xFF:02x}"


def slot_of_address(text: str) -> int | None:
    """Return the index of the slot that an address on this host belongs to, or None."""
    address = ip_address(text)
    if address not in _NETWORK:
        return None
    return (int(address) - int(_NETWORK.network_address)) // 4


def host_links(slot: Slot, netns: str, mtu: int) -> str:
    """Return the `ip -batch` script for the host's side; the other end lands in the netns."""
    name = slot.interface
    return (
        f"link add {name} address {slot.outer_mac} mtu {mtu} type veth"
        f" peer name eth0 address {slot.inner_mac} mtu {mtu} netns {netns}\n"
        f"link set {name} addrgenmode none\n"
        f"link set {name} up\n"
        f"neighbour replace {slot.address} lladdr {slot.inner_mac} dev {name} nud permanent\n"
        f"route replace {slot.address} dev {name}\n"
    )


def inner_links(slot: Slot) -> str:
    """Return the `ip -batch` script for the workspace's side."""
    return (
        "link set lo up\n"
        f"address add {slot.address}/30 dev eth0\n"
        "link set eth0 up\n"
        f"neighbour replace {slot.gateway} lladdr {slot.outer_mac} dev eth0 nud permanent\n"
        f"route add default via {slot.gateway}\n"
    )


def inner_rules(slot: Slot, port: int) -> str:
    """Return the nft script for the workspace's side: the platform's names lead to the supervisor.

    Lookups and connections that are sent to the gateway are answered inside, so that the
    host stays closed. Some programs (curl, browsers) take every `*.localhost` for loopback
    without a lookup; they try 127.0.0.1, where the person's own servers are left alone,
    and then ::1, where the supervisor sorts out what is whose. `port` is the platform's.
    """
    return f"""table inet podium {{
  chain names {{
    type nat hook output priority -100; policy accept;
    meta mark {OWN_MARK:#x} accept
    ip daddr {slot.gateway} meta l4proto {{ tcp, udp }} th dport 53 redirect to :{LOOKUP_PORT}
    ip daddr {slot.gateway} tcp dport {port} redirect to :{ENTRY_PORT}
    ip6 daddr ::1 tcp dport {port} redirect to :{ENTRY_PORT}
  }}
}}
"""


def table_name(tag: str) -> str:
    """Return the name of the installation's nft table."""
    return f"podium_{tag}"


def removal(tag: str) -> str:
    """Return the script that removes the table, whether it is there or not."""
    table = f"inet {table_name(tag)}"
    return f"table {table}\ndelete table {table}\n"


def _elements(words: Iterable[str]) -> str:
    listed = ", ".join(words)
    return f"elements = {{ {listed} }}" if listed else ""


def ruleset(
    tag: str, slots: Sequence[Slot], resolvers: Sequence[str], allowed: Sequence[str]
) -> str:
    """Return the whole table as one transaction that replaces an older one without a gap."""
    table, mine = f"inet {table_name(tag)}", f'"pd{tag}*"'
    pairs = _elements(f'"{slot.interface}" . {slot.address}' for slot in slots)
    addresses = _elements(str(slot.address) for slot in slots)
    return f"""table {table}
delete table {table}
table {table} {{
  set sources {{ type ifname . ipv4_addr; {pairs} }}
  set addresses {{ type ipv4_addr; {addresses} }}
  set resolvers {{ type ipv4_addr; {_elements(resolvers)} }}
  set allowed {{ type ipv4_addr; flags interval; auto-merge; {_elements(allowed)} }}
  set denied {{ type ipv4_addr; flags interval; auto-merge; {_elements(DENIED)} }}
  chain pinned {{
    meta nfproto ipv6 drop
    iifname . ip saddr != @sources drop
  }}
  chain outbound {{
    jump pinned
    ct state established,related accept
    ct state invalid drop
    oifname "pd*" drop
    ip daddr @resolvers meta l4proto {{ tcp, udp }} th dport 53 accept
    ip daddr @allowed accept
    ip daddr @denied drop
    accept
  }}
  chain forwarding {{
    type filter hook forward priority filter; policy accept;
    iifname {mine} goto outbound
    oifname {mine} ct state established,related accept
    oifname {mine} drop
  }}
  chain incoming {{
    type filter hook input priority filter; policy accept;
    iifname {mine} goto to_host
  }}
  chain to_host {{
    jump pinned
    ct state established,related accept
    ip daddr @resolvers meta l4proto {{ tcp, udp }} th dport 53 accept
    drop
  }}
  chain leaving {{
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr @addresses oifname != "pd*" masquerade
  }}
}}
"""


def _membership(verb: str, slot: Slot) -> str:
    table = f"inet {table_name(slot.tag)}"
    return (
        f'{verb} element {table} sources {{ "{slot.interface}" . {slot.address} }}\n'
        f"{verb} element {table} addresses {{ {slot.address} }}\n"
    )


def admit_script(slot: Slot) -> str:
    """Return the transaction that lets an instance's interface speak."""
    return _membership("add", slot)


def expel_script(slot: Slot) -> str:
    """Return the transaction that takes it away; works whether it was in or not."""
    return _membership("add", slot) + _membership("delete", slot)


def resolvers_of(text: str) -> list[str]:
    """Return the IPv4 resolvers of a resolv.conf that a workspace can use: never a loopback."""
    found: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2 or words[0] != "nameserver":
            continue
        try:
            address = ip_address(words[1])
        except ValueError:
            continue
        if isinstance(address, IPv4Address) and not address.is_loopback:
            found.append(str(address))
    return list(dict.fromkeys(found))[:3]


def resolv_conf(resolvers: Sequence[str]) -> str:
    """Return a workspace's resolv.conf; three servers is the most that libc reads."""
    return "".join(f"nameserver {one}\n" for one in resolvers) + "options timeout:2 attempts:3\n"


def hosts_file(hostname: str) -> str:
    """Return a workspace's /etc/hosts: sudo wants to resolve its own host name.

    localhost is 127.0.0.1 alone: a workspace has no other IPv6 than ::1, and there the
    platform's port is not the person's (see `inner_rules`).
    """
    return f"127.0.0.1 localhost {hostname}\n::1 ip6-localhost ip6-loopback\n"
