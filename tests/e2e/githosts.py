"""A git host outside of the machine's own networks: http with a token, and ssh with a key."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.daemon.outside import start_outside
from tests.githost import GitHost
from tests.sshhost import SshHost


@dataclass
class Hosts:
    """The same repositories, by both ways. The token is ada's `secret`, unless it is given."""

    http: GitHost
    ssh: SshHost
    netns: str
    """Where further hosts can be started."""

    @property
    def name(self) -> str:
        """Of the http host, as Settings spell it."""
        return self.http.url("x").split("/")[2]

    def head(self, repository: str, branch: str = "main") -> str:
        """Subject of the newest commit that the host has."""
        bare = self.http.folder / f"{repository}.git"
        told = subprocess.run(
            ["git", "-C", str(bare), "-c", "safe.directory=*", "log", "-1", "--format=%s", branch],
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.strip()


@contextmanager
def git_hosts(ssh_port: int = 2222, credentials: str = "ada:secret") -> Iterator[Hosts]:
    """Serve from a network namespace of its own, which workspaces reach as they reach any host."""
    outside = start_outside()
    folder, netns = Path(tempfile.mkdtemp(prefix="githost-")), f"px{outside.number}"
    try:
        with (
            GitHost(folder, netns=netns, address=outside.address, credentials=credentials) as http,
            SshHost(folder, netns=netns, address=outside.address, port=ssh_port) as ssh,
        ):
            yield Hosts(http, ssh, netns)
    finally:
        outside.stop()
        subprocess.run(["rm", "-rf", str(folder)], check=True)
