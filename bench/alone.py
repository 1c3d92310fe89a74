"""The parts of a start without Podium around them, in the same run: what is left is ours."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
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
    _kept: "tempfile.TemporaryDirectory[str]" = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="podium-bench-")
    )

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"http://127.0.0.1:{self.port}/"

    @cached_property
    def _tree(self) -> Path:
        digest = json.loads(Path(self.layout.artefacts).read_text())["vscode"]
        return Path(self.layout.ide_tree(digest))

    @cached_property
    def _node(self) -> Path:
        """The tree's Node, as a program that runs by itself where the tree is not at /ide.

        VS Code starts its extension host, its watcher of files and its terminals by the path of
        the program that it is: called through the loader it would be that, and start none.
        """
        folder = Path(self._kept.name)
        node, libraries = folder / "bin" / "node", folder / "lib"
        node.parent.mkdir()
        shutil.copy(self._tree / "bin" / "node", node)
        libraries.symlink_to(self._tree / "lib")  # where it looks for them, seen from itself
        loader = str(libraries / "ld-linux-x86-64.so.2")
        subprocess.run(["patchelf", "--set-interpreter", loader, str(node)], check=True)
        return node

    @contextmanager
    def running(self) -> Iterator[float]:
        """Start it on a new data folder; gives the seconds until it answered."""
        folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
        command = [
            *[str(self._node), str(self._tree / "vscode" / "out" / "server-main.js")],
            *["--host", "127.0.0.1", "--port", str(self.port), "--server-data-dir", str(folder)],
            *["--without-connection-token", "--accept-server-license-terms"],
            *["--telemetry-level=off", "--disable-getting-started-override"],
            *["--disable-update-check", "--disable-workspace-trust"],
            f"--default-folder={self.shown}",
        ]
        environment = {"HOME": str(folder), "PATH": os.defpath, "SHELL": "/bin/bash"}
        began = time.monotonic()
        with subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        ) as server:
            try:
                while not _answers(self.port):
                    if time.monotonic() - began > PATIENCE:
                        raise TimeoutError(" ".join(command))
                    time.sleep(0.02)
                yield time.monotonic() - began
            finally:
                os.killpg(server.pid, signal.SIGTERM)
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
