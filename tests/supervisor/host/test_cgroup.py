"""Reading the cgroup, in both of its shapes."""

from pathlib import Path

from supervisor.host.cgroup import read


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_the_second_version(tmp_path: Path):
    write(
        tmp_path,
        {
            "cpu.stat": "usage_usec 2000000\n",
            "cpu.max": "200000 100000\n",
            "memory.current": "1000\n",
            "memory.stat": "inactive_file 100\n",
            "memory.max": "4096\n",
            "memory.events": "oom 3\noom_kill 2\n",
            "pids.current": "9\n",
            "pids.max": "max\n",
        },
    )
    found = read(str(tmp_path))
    assert (found.cpu, found.cores, found.memory, found.memory_limit) == (2.0, 2.0, 900, 4096)
    assert (found.processes, found.processes_limit) == (9, 0)
    assert found.at > 0
    assert found.kills == 2


def test_the_first_version(tmp_path: Path):
    write(
        tmp_path,
        {
            "cpuacct/cpuacct.usage": "3000000000\n",
            "cpu/cpu.cfs_quota_us": "100000\n",
            "cpu/cpu.cfs_period_us": "100000\n",
            "memory/memory.usage_in_bytes": "1000\n",
            "memory/memory.stat": "total_inactive_file 100\n",
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "memory/memory.oom_control": "oom_kill_disable 0\noom_kill 1\n",
            "pids/pids.current": "4\n",
        },
    )
    found = read(str(tmp_path))
    assert (found.cpu, found.cores, found.memory, found.memory_limit) == (3.0, 1.0, 900, 0)
    assert (found.processes, found.kills) == (4, 1)


def test_where_there_is_none_it_is_all_zero(tmp_path: Path):
    found = read(str(tmp_path / "nothing"))
    assert (found.cpu, found.memory, found.processes) == (0.0, 0, 0)
