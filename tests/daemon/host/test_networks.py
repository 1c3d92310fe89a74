"""What a workspace reaches and what not, tried from inside against hosts that do answer."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from daemon.host import networks
from tests import nodehost
from tests.daemon.caller import Caller, inside
from tests.daemon.outside import ALLOWED_PRIVATE, DENIED, start_outside
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
ONE, TWO = "amber-otter-4k2hw9xz1q.1", "azure-otter-4k2hw9xz1q.1"

PROBE = """
import concurrent.futures, json, socket, sys
def probe(target):
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), float(sys.argv[2])).close()
    except OSError as error:
        return type(error).__name__
    return "reached"
targets = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    print(json.dumps(dict(zip(targets, pool.map(probe, targets)))))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[SimpleNamespace]:
    outside = start_outside()
    platform = socket.create_server(("0.0.0.0", 0))
    host = nodehost.start_daemon(
        tmp_path_factory.mktemp("node"),
        PODIUM_EGRESS_ALLOW=f"{ALLOWED_PRIVATE}/32",
        PODIUM_PORT=str(platform.getsockname()[1]),
    )
    nodehost.make_repository(host)
    caller = Caller(host)
    listener = socket.create_server(("0.0.0.0", 0))
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    try:
        for instance in (ONE, TWO):
            caller.running(instance, host.file_url("demo"))
        addresses = {one: _address(host, one) for one in (ONE, TWO)}
        yield SimpleNamespace(
            host=host,
            caller=caller,
            outside=outside,
            port=listener.getsockname()[1],
            platform=platform,
            addresses=addresses,
        )
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        platform.close()
        caller.close()
        host.stop()
        outside.stop()


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            listener.accept()[0].close()
        except OSError:
            return


def _address(host, instance: str) -> str:
    return inside(host, instance, "hostname -I").stdout.split()[0]


def probe(world, *targets: str, patience: float = 1.5) -> dict[str, str]:
    """Return what becomes of a connection to each; what is never answered takes so many seconds."""
    words = f"python3 - '{json.dumps(targets)}' {patience} <<'END'\n{PROBE}\nEND"
    done = inside(world.host, ONE, words, user=33333)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_outside_is_reached_and_sees_the_hosts_address(world):
    script = f"curl -s -m 20 http://{world.outside.address}/who"
    assert inside(world.host, ONE, script).stdout == world.outside.near


def test_the_host_is_not_reached_by_any_of_its_addresses(world):
    near = [world.outside.near, _uplink()]
    targets = [f"{address}:{world.port}" for address in near]
    for target in targets:
        socket.create_connection(target.rsplit(":", 1), 2).close()
    next_hop = f"{_gateway(world)}:{world.port}"
    assert set(probe(world, next_hop, *targets).values()) == {"TimeoutError"}


def test_the_machine_gets_no_address(world):
    shown = subprocess.run(["ip", "-json", "address"], capture_output=True, check=True).stdout
    mine = [
        one
        for one in json.loads(shown)
        if one["ifname"] in networks.interfaces_of(world.host.layout.tag)
    ]
    assert len(mine) == 2
    assert [one["addr_info"] for one in mine] == [[], []]


def _gateway(world) -> str:
    head, last = world.addresses[ONE].rsplit(".", 1)
    return f"{head}.{int(last) - 1}"


ANSWER = """
import http.server, socket, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"entry {self.server.server_address[0]}".encode())
class Server6(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
for kind, address in ((http.server.ThreadingHTTPServer, "127.0.0.1"), (Server6, "::1")):
    threading.Thread(target=kind((address, 22997), Handler).serve_forever).start()
"""


def test_the_platforms_port_leads_to_the_supervisor_and_never_to_the_host(world):
    port = world.platform.getsockname()[1]
    gateway = f"{_gateway(world)}:{port}"
    assert probe(world, gateway) == {gateway: "ConnectionRefusedError"}
    background = f"python3 -c '{ANSWER}' >/dev/null 2>&1 &"
    script = f"""{background}
        until curl -s http://127.0.0.1:22997/ && curl -s http://[::1]:22997/; do
            sleep 0.1
        done >/dev/null
        curl -s -m 20 http://{gateway}/
        curl -s -m 20 http://anything.ws.localhost:{port}/
        curl -s -m 20 http://127.0.0.1:{port}/ || echo " $?"
    """
    said = inside(world.host, ONE, script, user=33333).stdout
    assert said == "entry 127.0.0.1entry ::1 7\n"
    world.platform.settimeout(0)
    with pytest.raises(BlockingIOError):
        world.platform.accept()


def _uplink() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("8.8.8.8", 53))
        return one.getsockname()[0]


def test_another_workspace_is_not_reached(world):
    inside(world.host, TWO, "python3 -m http.server 3002 >/dev/null 2>&1 &")
    own = f"curl -s -o /dev/null http://{world.addresses[TWO]}:3002/"
    inside(world.host, TWO, f"until {own}; do sleep 0.1; done")
    target = f"{world.addresses[TWO]}:3002"
    assert probe(world, target) == {target: "TimeoutError"}


def test_private_and_link_local_addresses_are_not_reached(world):
    targets = [f"{address}:80" for address in DENIED]
    for target in targets:
        socket.create_connection(target.rsplit(":", 1), 2).close()
    assert probe(world, *targets) == dict.fromkeys(targets, "TimeoutError")


def test_what_the_administrator_allows_is_reached(world):
    target = f"{ALLOWED_PRIVATE}:80"
    assert probe(world, target, patience=20) == {target: "reached"}


QUERY = bytes.fromhex("123401000001000000000000") + b"\x07example\x03org\x00\x00\x01\x00\x01"


def test_the_resolver_answers_on_port_53_alone(world):
    resolvers = networks.host_resolvers()
    assert resolvers
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(5)
        one.sendto(QUERY, (resolvers[0], 53))
        assert one.recv(512)[:2] == QUERY[:2]
    script = f"""python3 - <<'END'
import socket
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.settimeout(5)
one.sendto(bytes.fromhex("{QUERY.hex()}"), ("{resolvers[0]}", 53))
print(one.recv(512)[:2].hex())
END
grep -c {_gateway(world)} /etc/resolv.conf
grep -c {resolvers[0]} /run/podium/names"""
    assert inside(world.host, ONE, script).stdout.split() == ["1234", "1", "1"]


def test_a_forged_source_address_gets_nowhere(world):
    netns = Path(world.host.layout.run) / "netns" / ONE
    other = world.addresses[TWO]
    enter = ["nsenter", f"--net={netns}"]
    subprocess.run([*enter, "ip", "address", "add", f"{other}/32", "dev", "eth0"], check=True)
    try:
        curl = [
            "curl",
            "-s",
            "-m",
            "2",
            "--interface",
            other,
            f"http://{world.outside.address}/who",
        ]
        assert subprocess.run([*enter, *curl], check=False).returncode == 28
    finally:
        subprocess.run([*enter, "ip", "address", "del", f"{other}/32", "dev", "eth0"], check=True)


def test_container_root_cannot_change_its_network(world):
    assert inside(world.host, ONE, "ip address add 198.18.0.99/32 dev eth0").returncode != 0


def test_git_clones_over_http_through_the_same_rules(world):
    served = world.outside.folder / "demo.git"
    source = world.host.repositories / "demo"
    subprocess.run(["git", "clone", "-q", "--bare", str(source), str(served)], check=True)
    subprocess.run(["git", "-C", str(served), "update-server-info"], check=True)
    url = f"http://{world.outside.address}/demo.git"
    content = world.caller.prepared("beige-otter-4k2hw9xz1q.1", url)
    assert content.state == pb.CONTENT_READY, content.fault
    missing = world.caller.prepared("black-otter-4k2hw9xz1q.1", f"{url}x")
    assert missing.fault.code == "repository_missing"


@pytest.mark.parametrize("number", range(2))
def test_git_cannot_reach_what_a_workspace_cannot(world, number):
    address = (f"http://{DENIED[0]}/x", f"http://{world.outside.near}:{world.port}/x")[number]
    instance = f"blue-otter-4k2hw9xz{number}q.1"
    assert world.caller.prepare(instance, address).state == pb.CONTENT_WORKING
    states = (pb.CONTENT_READY, pb.CONTENT_FAILED)
    early = [one for one in world.caller.list().contents if one.instance == instance]
    assert early[0].state not in states
    world.caller.deleted(instance)


def test_the_mtu_is_the_uplinks(world):
    shown = inside(world.host, ONE, "cat /sys/class/net/eth0/mtu").stdout
    assert int(shown) == networks.uplink_mtu()


def test_rules_that_somebody_flushed_are_restored_by_the_next_change(world):
    table = f"podium_{world.host.layout.tag}"
    subprocess.run(["nft", "delete", "table", "inet", table], check=True)
    instance = "coral-otter-4k2hw9xz1q.1"
    world.caller.prepared(instance, world.host.file_url("demo"))
    world.caller.deleted(instance)
    shown = subprocess.run(
        ["nft", "list", "table", "inet", table], capture_output=True, text=True, check=True
    ).stdout
    assert world.addresses[ONE] in shown
    target = f"{DENIED[0]}:80"
    assert probe(world, target) == {target: "TimeoutError"}
