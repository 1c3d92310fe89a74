"""What a workspace takes of its machine, as its supervisor measures it."""

from msgspec import Struct

from wire.numbers import Amount, Count


class Usage(Struct, frozen=True, kw_only=True):
    """What the workspace takes; a limit of 0 is none, or not known."""

    cpu: Amount
    """Cores in use, averaged over the last seconds."""
    cores: Amount = 0.0
    """Cores it may use."""
    memory: Count = 0
    """Bytes, without what the kernel can drop at once."""
    memory_limit: Count = 0
    processes: Count = 0
    processes_limit: Count = 0
    disk: Count = 0
    """Bytes below /workspace and the home directory, counted every few minutes; 0 before."""
    disk_free: Count = 0
    """Bytes free on the node's disk."""
