"""Who needs a workspace's disk: it is mounted while somebody does, and away otherwise.

An instance that the tree is open for needs it for as long as its record says so; a backup, a
snapshot or a seal of a stopped workspace holds it for as long as it takes. Holds are this
daemon's alone and nothing is written down of them: whatever a killed one has left mounted that
no record asks for is taken away when the next one begins. A workspace without a disk is a folder,
which nobody needs to hold; for it all this does nothing.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import structlog

from daemon.core.content import Record, State
from daemon.host.disks import Disks
from kit.tasks import to_its_end

_log = structlog.get_logger(__name__)


class Holding:
    """The holds on this node's disks; made and used in one event loop.

    `record` returns what is written down of a workspace's tree; it is asked in threads.
    """

    def __init__(self, disks: Disks, record: Callable[[str], Record | None]) -> None:
        self._disks = disks
        self._record = record
        self._held: Counter[str] = Counter()

    def open(self) -> None:
        """Unmount what a daemon that was killed has held, or was about to make; blocks."""
        for name in self._disks.on_host():
            if self._state(name) is not State.READY:
                self._disks.release(name)

    def take_up(self, workspaces: Iterable[str]) -> None:
        """Mount the disks of those that run: a daemon that ended in order has unmounted them.

        Their containers have them all the same; one that cannot be mounted is told by who needs it.
        """
        for name in workspaces:
            try:
                self._disks.mounted(name)
            except OSError as error:
                _log.warning("disk_not_mounted", workspace=name, exc_info=error)

    @asynccontextmanager
    async def hold(self, workspace: str) -> AsyncIterator[None]:
        """Have the disk mounted meanwhile. Raises OSError for one that is broken.

        It is counted before it is mounted: whoever finds meanwhile that nobody needs it has
        unmounted it before, or leaves it.
        """
        self._held[workspace] += 1
        try:
            await to_its_end(self._disks.mounted, workspace)
            yield
        finally:
            self._held[workspace] -= 1
            if not self._held[workspace]:
                del self._held[workspace]
            await to_its_end(self.settle, workspace)

    def settle(self, workspace: str) -> None:
        """Unmount the disk unless somebody needs it; blocks.

        One that cannot be unmounted does no harm: it is tried again after its next use.
        """
        with self._disks.turn(workspace):
            if self._held[workspace] or self._state(workspace) is not State.SEALED:
                return  # what has no record yet is being made
            try:
                self._disks.release(workspace)
            except OSError as error:
                _log.warning("disk_stays_mounted", workspace=workspace, exc_info=error)

    def _state(self, workspace: str) -> State | None:
        try:
            record = self._record(workspace)
        except ValueError:
            return None
        return None if record is None else record.state()
