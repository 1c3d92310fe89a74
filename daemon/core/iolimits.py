"""Who goes first at the disk: what a kernel needs to weigh that, and what a class weighs. Pure.

Weights count when several want the same disk; nobody is held back while it is idle. Absolute
bounds (io.max) are not set: what a disk can do is known to nobody here, and a wrong number slows
everybody down all the time.
"""

import re
from collections.abc import Collection
from typing import Final

FILES: Final = ("io.weight", "io.bfq.weight")
"""Of a control group, by who weighs: the cost model, or the scheduler."""
ENFORCED: Final = "enforced"
_CHOSEN: Final = re.compile(r"\[(\w[\w-]*)\]")
_UNITS: Final = 100
"""Of one processor's class, which is what the kernel gives to whoever has no weight."""


def weight_of(cpus: float) -> int:
    """Return the weight of a class: as much of the disk as of the processors, 1 to 1000."""
    return min(max(round(cpus * _UNITS), 1), 1000)


def told(controllers: Collection[str] | None, schedulers: Collection[str], costs: str) -> str:
    """Return `enforced` or the reason why not.

    `controllers` are those of version 2, None with version 1. `schedulers` are the contents of
    the disks' /sys/block/*/queue/scheduler, `costs` is that of the root's io.cost.qos.
    """
    if controllers is None:
        return "control groups of version 1 do not know who has written what"
    if "io" not in controllers:
        return "the kernel offers no io controller here"
    chosen = {one for text in schedulers for one in _CHOSEN.findall(text)}
    if "bfq" not in chosen and "enable=1" not in costs.split():
        return "no disk here is shared by weight (scheduler bfq, or io.cost.qos)"
    return ENFORCED
