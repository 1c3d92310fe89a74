"""The namespaces of an instance, made by the helper alone."""

import os
from pathlib import Path

import pytest

from daemon.core import network
from daemon.core.network import Slot
from daemon.host.helper import HelperFailed, run_helper
from daemon.host.networks import let_go
from tests.daemon.outside import run
from wire.slots import RANGE, SLOTS

pytestmark = pytest.mark.root
SLOT = Slot(f"{os.getpid() % 0xFFFFFF:06x}", SLOTS - 2)


@pytest.fixture
def plan(tmp_path):
    for name in ("userns", "netns"):
        (tmp_path / name).mkdir()
    userns, netns = tmp_path / "userns" / "w.1", tmp_path / "netns" / "w.1"
    yield {
        "userns": str(userns),
        "netns": str(netns),
        "first_id": SLOT.first_id,
        "size": RANGE,
        "host_links": network.host_links(SLOT, str(netns), 1400),
        "inner_links": network.inner_links(SLOT),
        "inner_rules": network.inner_rules(SLOT, 8080),
        "sysctls": {"ip_unprivileged_port_start": "0"},
    }
    run(f"ip link delete {SLOT.interface}", check=False)
    for path in (userns, netns):
        let_go(path)
        assert not path.exists()


async def test_both_namespaces_are_kept_and_wired(plan):
    await run_helper("netns_child", plan)
    host = run(f"ip -brief address show dev {SLOT.interface}")
    assert "/" not in host, "the machine got an address"
    assert SLOT.interface in run(f"ip route get {SLOT.address}")
    inner = run(f"nsenter --net={plan['netns']} ip -brief address")
    assert f"{SLOT.address}/30" in inner
    assert "127.0.0.1/8" in inner
    assert f"via {SLOT.gateway}" in run(f"nsenter --net={plan['netns']} ip route")
    rules = run(f"nsenter --net={plan['netns']} nft list table inet podium")
    assert f"ip daddr {SLOT.gateway} tcp dport 8080 redirect" in rules
    mapped = run(f"nsenter --user={plan['userns']} cat /proc/self/uid_map").split()
    assert mapped == ["0", str(SLOT.first_id), str(RANGE)]
    one = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    assert run(f"nsenter --net={plan['netns']} cat {one}").strip() == "0"
    assert one.read_text().strip() != "0"


async def test_a_failure_tells_what_ip_said(plan):
    plan["host_links"] = "link add nonsense type nonsense\n"
    with pytest.raises(HelperFailed, match="ip: "):
        await run_helper("netns_child", plan)
