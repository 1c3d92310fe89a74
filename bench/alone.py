"""The parts of a start without Podium around them, in the same run: what is left is ours."""

import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from wire.layout import Layout

PATIENCE = 30.0
"""Seconds for a server to answer."""


def clone(url: str) -> float:
    """Return the seconds of `git clone --no-checkout` into a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    began = time.monotonic()
    subprocess.run(["git", "clone", "-q", "--no-checkout", url, str(folder / "clone")], check=True)
    took = time.monotonic() - began
    shutil.rmtree(folder)
    return took


def vs_code(layout: Layout) -> float:
    """Return the seconds until the same VS Code server answers, started on the host."""
    tree = Path(layout.ide_tree(json.loads(Path(layout.artefacts).read_text())["vscode"]))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    command = [
        # inside a workspace the tree is /ide, where its binaries look for their loader
        *[str(tree / "lib" / "ld-linux-x86-64.so.2"), "--library-path", str(tree / "lib")],
        str(tree / "bin" / "node"),
        str(tree / "vscode" / "out" / "server-main.js"),
        *["--host", "127.0.0.1", "--port", str(port), "--server-data-dir", str(folder)],
        *["--without-connection-token", "--accept-server-license-terms"],
    ]
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": str(folder)}
    ) as server:
        while not _answers(port):
            if time.monotonic() - began > PATIENCE:
                server.kill()
                raise TimeoutError(" ".join(command))
            time.sleep(0.02)
        took = time.monotonic() - began
        server.terminate()
    shutil.rmtree(folder, ignore_errors=True)
    return took


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/version")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
