"""A host outside: a network namespace behind a veth, with public and private addresses."""

import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

DENIED = (
    "10.99.77.3",
    "100.64.99.9",
    "169.254.77.1",
    "172.31.99.9",
    "192.168.199.9",
    "168.63.129.16",
)
ALLOWED_PRIVATE = "10.99.77.2"
NET = "198.51.100"
"""One of the nets for documentation. Whoever is really reached in the net that is taken here is out
of reach meanwhile: test machines have their mirrors of packages in the other two."""

_SERVER = """
import functools, http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/who":
            return super().do_GET()
        body = self.client_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
handler = functools.partial(Handler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("0.0.0.0", 80), handler)
print("ready", flush=True)
server.serve_forever()
"""


@dataclass
class Outside:
    """198.51.100.<n>/30 behind the veth `px<n>`; port 80 serves a folder and tells who asks."""

    number: int
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def near(self) -> str:
        return f"{NET}.{self.number * 4 + 1}"

    @property
    def address(self) -> str:
        return f"{NET}.{self.number * 4 + 2}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        run(f"ip link delete px{self.number}", check=False)
        run(f"ip netns delete px{self.number}", check=False)


def run(command: str, *, check: bool = True) -> str:
    done = subprocess.run(command.split(), check=check, capture_output=True, text=True)
    return done.stdout


def _added(netns: str) -> bool:
    if Path("/sys/class/net", netns).exists():
        return False
    done = subprocess.run(["ip", "netns", "add", netns], check=False, capture_output=True)
    return done.returncode == 0


def start_outside() -> Outside:
    # one that another run uses, or left behind when it was killed, is passed by
    numbers = ((os.getpid() + step) % 60 for step in range(60))
    number = next(one for one in numbers if _added(f"px{one}"))
    name, folder = f"px{number}", Path(tempfile.mkdtemp())
    near, far = (f"{NET}.{number * 4 + last}" for last in (1, 2))
    run(f"ip link add {name} type veth peer name eth0 netns {name}")
    run(f"ip address add {near}/30 dev {name}")
    run(f"ip link set {name} up")
    for one in ("lo", "eth0"):
        run(f"ip -n {name} link set {one} up")
    run(f"ip -n {name} address add {far}/30 dev eth0")
    run(f"ip -n {name} route add default via {near}")
    for address in (*DENIED, ALLOWED_PRIVATE):
        run(f"ip -n {name} address add {address}/32 dev lo")
        run(f"ip route add {address}/32 via {far}")
    command = ["ip", "netns", "exec", name, sys.executable, "-c", _SERVER, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    assert process.stdout.readline() == b"ready\n"
    watchdog.cancel()
    process.stdout.close()
    return Outside(number, folder, process)
