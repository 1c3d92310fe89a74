"""The workspace's own cgroup, read as its cgroup namespace shows it: v2, or v1's folders."""

import time

from supervisor.core import usage
from supervisor.core.usage import Counters

ROOT = "/sys/fs/cgroup"


def read(root: str = ROOT) -> Counters:
    """Return all counters now; what is not there is 0."""

    def text(*names: str) -> str:
        for name in names:
            try:
                with open(f"{root}/{name}") as file:  # noqa: PTH123 - lean start, no pathlib
                    return file.read(65536)
            except OSError:
                continue
        return ""

    return Counters(
        at=time.monotonic(),
        cpu=usage.cpu_seconds(text("cpu.stat"), text("cpuacct/cpuacct.usage")),
        cores=usage.cores(
            text("cpu.max"), text("cpu/cpu.cfs_quota_us"), text("cpu/cpu.cfs_period_us")
        ),
        memory=usage.working_memory(
            text("memory.current", "memory/memory.usage_in_bytes"),
            text("memory.stat", "memory/memory.stat"),
        ),
        memory_limit=usage.limit(text("memory.max", "memory/memory.limit_in_bytes")),
        processes=usage.number(text("pids.current", "pids/pids.current")),
        processes_limit=usage.limit(text("pids.max", "pids/pids.max")),
        kills=usage.kills(text("memory.events", "memory/memory.oom_control")),
    )
