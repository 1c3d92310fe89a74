"""What the kernel says when it kills for want of memory. Pure.

    6,1234,5678,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=…,mems_allowed=0,
    oom_memcg=/podium_x/w.1,task_memcg=/podium_x/w.1,task=python3,pid=12345,uid=1628130

The name of a task is its own choice and may hold anything but a line's end, so what is read
before it is read from the front, and what follows it from the end.
"""

import re
from typing import NamedTuple

_KILL = re.compile(
    r"\d+,(?P<number>\d+),[^;]*;oom-kill:.*?,task_memcg=(?P<group>[^,]*),"
    r"task=(?P<name>.*),pid=\d+,uid=\d+$"
)
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_LONGEST = 64


class Kill(NamedTuple):
    """Who was killed; `number` is the record's in the log of this boot."""

    number: int
    group: str
    """Control group, absolute below its hierarchy's root."""
    name: str


def kill_of(record: str) -> Kill | None:
    """Read a record of /dev/kmsg; None when it says something else."""
    found = _KILL.match(record.partition("\n")[0])
    if found is None:
        return None
    name = _ESCAPE.sub(lambda one: chr(int(one[1], 16)), found["name"])
    shown = "".join(one for one in name if one.isprintable())[:_LONGEST]
    return Kill(int(found["number"]), found["group"], shown)


def instance_in(group: str, parent: str) -> str:
    """Return the part of a group's path that stands below `parent`; empty when none does.

    The path may begin further up than this process sees, in a container's own namespace.
    """
    _, found, below = f"{group}/".partition(f"{parent.rstrip('/')}/")
    return below.partition("/")[0] if found else ""
