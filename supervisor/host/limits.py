"""What the workspace may use, read from its control group, under Gitpod's names."""

GROUPS = "/sys/fs/cgroup"


def limits(groups: str = GROUPS) -> dict[str, str]:
    """Return CPUs (whole, at least 1) and memory in MiB, each where the kernel tells it."""
    found = {"GITPOD_CPU_COUNT": _cpus(groups), "GITPOD_MEMORY": _memory(groups)}
    return {name: str(value) for name, value in found.items() if value > 0}


def _cpus(groups: str) -> int:
    words = _read(f"{groups}/cpu.max").split() or [
        _read(f"{groups}/cpu/cpu.cfs_quota_us"),
        _read(f"{groups}/cpu/cpu.cfs_period_us"),
    ]
    if not all(word.isdecimal() for word in words) or int(words[1]) == 0:
        return 0
    return max(1, int(words[0]) // int(words[1]))


def _memory(groups: str) -> int:
    text = _read(f"{groups}/memory.max") or _read(f"{groups}/memory/memory.limit_in_bytes")
    return int(text) >> 20 if text.isdecimal() else 0


def _read(path: str) -> str:
    try:
        with open(path) as file:  # noqa: PTH123 - lean start, no pathlib
            return file.read().strip()
    except OSError:
        return ""
