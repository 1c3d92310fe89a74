"""`python -m bench.ping PORT SECONDS`: asks a proxy for its health again and again; prints times.

A process of its own, so that what is measured is the proxy's loop and nobody else's.
"""

import json
import socket
import sys
import time


def main(port: int, seconds: float) -> None:
    """Print the milliseconds of each answer, as JSON."""
    asked = b"GET /.podium/healthz HTTP/1.1\r\nHost: podium.localhost\r\n\r\n"
    took = []
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.monotonic() + seconds
        print("begun", flush=True)
        while (began := time.monotonic()) < end:
            line.sendall(asked)
            answer = b""
            while not answer.endswith(b"ok\n"):
                answer += line.recv(65536)
            took.append((time.monotonic() - began) * 1000)
            time.sleep(0.0005)
    print(json.dumps(took))


main(int(sys.argv[1]), float(sys.argv[2]))
