import pytest

from daemon.core import network
from daemon.core.network import Slot
from wire.slots import RANGE, SLOTS

SLOT = Slot("1a2b3c", 1)


def test_a_slot_gives_everything_that_is_an_instances_own():
    assert SLOT.interface == "pd1a2b3c1"
    assert str(SLOT.gateway) == "198.18.0.5"
    assert str(SLOT.address) == "198.18.0.6"
    assert SLOT.first_id == 1_000_065_536


def test_the_last_slot_still_fits():
    last = Slot("1a2b3c", SLOTS - 1)
    assert len(last.interface) <= 15
    assert last.first_id + RANGE < 1 << 31
    assert str(last.address) == "198.18.255.254"


@pytest.mark.parametrize(
    ("address", "index"),
    [("198.18.0.5", 1), ("198.18.0.6", 1), ("198.18.255.253", SLOTS - 1), ("198.19.0.1", None),
     ("10.0.0.1", None)],
)  # fmt: skip
def test_whose_address_it_is(address, index):
    assert network.slot_of_address(address) == index


def test_links():
    host = network.host_links(SLOT, "/run/x/netns/w.1", 1400).splitlines()
    made = (
        "link add pd1a2b3c1 address 02:70:64:00:00:01 mtu 1400 type veth"
        " peer name eth0 address 02:70:64:01:00:01 mtu 1400 netns /run/x/netns/w.1"
    )
    assert host == [
        made,
        "link set pd1a2b3c1 addrgenmode none",
        "link set pd1a2b3c1 up",
        "neighbour replace 198.18.0.6 lladdr 02:70:64:01:00:01 dev pd1a2b3c1 nud permanent",
        "route replace 198.18.0.6 dev pd1a2b3c1",
    ]
    inner = network.inner_links(SLOT).splitlines()
    assert inner == [
        "link set lo up",
        "address add 198.18.0.6/30 dev eth0",
        "link set eth0 up",
        "neighbour replace 198.18.0.5 lladdr 02:70:64:00:00:01 dev eth0 nud permanent",
        "route add default via 198.18.0.5",
    ]


def test_the_table_replaces_an_older_one_in_one_transaction():
    text = network.ruleset("1a2b3c", [SLOT], ["10.255.255.53"], ["10.1.0.0/16"])
    lines = [line.strip() for line in text.splitlines()]
    assert lines[:3] == [
        "table inet podium_1a2b3c",
        "delete table inet podium_1a2b3c",
        "table inet podium_1a2b3c {",
    ]
    assert 'elements = { "pd1a2b3c1" . 198.18.0.6 }' in text
    assert "elements = { 10.255.255.53 }" in text
    assert "elements = { 10.1.0.0/16 }" in text


def test_the_resolver_is_let_through_before_its_address_is_denied():
    text = network.ruleset("1a2b3c", [], ["10.255.255.53"], [])
    outbound = text[text.index("chain outbound") : text.index("chain forwarding")]
    order = ["jump pinned", 'oifname "pd*" drop', "@resolvers", "@allowed", "@denied drop"]
    positions = [outbound.index(one) for one in order]
    assert positions == sorted(positions)
    for denied in ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "168.63.129.16"):
        assert denied in text


def test_empty_sets_have_no_elements():
    text = network.ruleset("1a2b3c", [], [], [])
    assert "set sources { type ifname . ipv4_addr;  }" in text


def test_admitting_and_expelling():
    admit = network.admit_script(SLOT).splitlines()
    assert admit == [
        'add element inet podium_1a2b3c sources { "pd1a2b3c1" . 198.18.0.6 }',
        "add element inet podium_1a2b3c addresses { 198.18.0.6 }",
    ]
    expel = network.expel_script(SLOT).splitlines()
    assert expel[:2] == admit
    assert [line.split()[0] for line in expel] == ["add", "add", "delete", "delete"]


def test_resolvers_are_never_loopback_and_three_at_most():
    text = (
        "# nameserver 9.9.9.9\nnameserver 127.0.0.53\nnameserver 1.1.1.1\nnameserver\n"
        "nameserver ::1\nnameserver fd00::1\nnameserver nonsense\nsearch example.org\n"
        "nameserver 1.1.1.1\nnameserver 8.8.8.8\nnameserver 8.8.4.4\nnameserver 9.9.9.9\n"
    )
    assert network.resolvers_of(text) == ["1.1.1.1", "8.8.8.8", "8.8.4.4"]


def test_the_platforms_names_lead_to_the_supervisor_and_its_own_sockets_do_not():
    lines = [line.strip() for line in network.inner_rules(SLOT, 8080).splitlines()]
    assert lines[3:7] == [
        "meta mark 0x706f accept",
        "ip daddr 198.18.0.5 meta l4proto { tcp, udp } th dport 53 redirect to :22998",
        "ip daddr 198.18.0.5 tcp dport 8080 redirect to :22997",
        "ip6 daddr ::1 tcp dport 8080 redirect to :22997",
    ]
    assert "127.0.0.1" not in network.inner_rules(SLOT, 8080)


def test_files_of_a_workspace():
    assert network.resolv_conf(["1.1.1.1"]).splitlines()[0] == "nameserver 1.1.1.1"
    hosts = network.hosts_file("amber-otter").splitlines()
    assert hosts == ["127.0.0.1 localhost amber-otter", "::1 ip6-localhost ip6-loopback"]


def test_the_table_is_removed_whether_it_is_there_or_not():
    assert network.removal("1a2b3c").splitlines() == [
        "table inet podium_1a2b3c",
        "delete table inet podium_1a2b3c",
    ]
