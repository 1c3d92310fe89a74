"""The parts of a start without Podium around them, in the same run: what is left is ours."""

import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class VsCode:
    """The same VS Code server on the host; its port, and so its origin, stays in all rounds."""

    layout: Layout
    shown: Path
    """Folder to open."""
    port: int = field(default_factory=_free_port)

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"http://127.0.0.1:{self.port}/"

    @contextmanager
    def running(self) -> Iterator[float]:
        """Start it on a new data folder; gives the seconds until it answered."""
        tree = Path(
            self.layout.ide_tree(json.loads(Path(self.layout.artefacts).read_text())["vscode"])
        )
        folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
        command = [
            # inside a workspace the tree is /ide, where its binaries look for their loader
            *[str(tree / "lib" / "ld-linux-x86-64.so.2"), "--library-path", str(tree / "lib")],
            str(tree / "bin" / "node"),
            str(tree / "vscode" / "out" / "server-main.js"),
            *["--host", "127.0.0.1", "--port", str(self.port), "--server-data-dir", str(folder)],
            *["--without-connection-token", "--accept-server-license-terms"],
            *["--telemetry-level=off", "--disable-getting-started-override"],
            *["--disable-workspace-trust", f"--default-folder={self.shown}"],
        ]
        began = time.monotonic()
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": str(folder)}
        ) as server:
            try:
                while not _answers(self.port):
                    if time.monotonic() - began > PATIENCE:
                        raise TimeoutError(" ".join(command))
                    time.sleep(0.02)
                yield time.monotonic() - began
            finally:
                server.terminate()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/version")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
