"""What `state.json` of an instance says, so that a new daemon finds the old one's containers."""

from msgspec import Struct

from daemon.core.network import Slot


class InstanceRecord(Struct, frozen=True, kw_only=True):
    """One instance on this host; written before anything is made, and again with the pid."""

    instance: str
    slot: int
    boot: str
    """Boot id of the machine: a pid means nothing after a reboot."""
    runtime: str = ""
    """Program that started it (crun or runc); it must also delete it."""
    pid: int = 0
    """Pid of the container's init on this host; 0 before the start has succeeded."""
    started: int = 0
    """Start time of that process in clock ticks since boot, so that a pid used again is seen."""
    took: float = 0.0
    """Seconds of the start."""
    image: str = ""
    """Digest of the image that it runs from, which stays as long."""
    base: str = ""
    """Digest of the image that a build begins with, which is shown to it; it stays likewise."""
    exit_code: int | None = None
    out_of_memory: bool = False

    def slot_of(self, tag: str) -> Slot:
        """Return the slot it holds."""
        return Slot(tag, self.slot)


def start_time_of(stat: str) -> int:
    """Return field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and brackets."""
    return int(stat.rpartition(")")[2].split()[19])
