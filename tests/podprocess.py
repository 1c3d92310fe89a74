"""A process that uses a workspace's tree as a pod's does: mounted, in a mount namespace of its own.

with podprocess.running(folder) as pod:      # folder: .../content/<workspace>/workspace
    pod.pid, pod.ended()
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = 'mount --make-rprivate / && mount --bind "$1" /mnt && echo ready && exec cat'


@dataclass
class PodProcess:
    """What stands in for a pod."""

    process: "subprocess.Popen[bytes]"

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> int:
        """Wait until it has ended; returns its exit code."""
        return self.process.wait(60)

    def end(self) -> None:
        """End it, as Kubernetes does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(folder: Path) -> Iterator[PodProcess]:
    """Run one while the block lasts; needs root."""
    command = ["unshare", "--mount", "sh", "-c", _SCRIPT, "sh", str(folder)]
    # of nobody's family: what the daemon has started itself does not count
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        made = PodProcess(process)
        try:
            yield made
        finally:
            made.end()
