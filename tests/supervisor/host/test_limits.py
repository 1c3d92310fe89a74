"""What the workspace may use, from either version of control groups."""

from supervisor.host.limits import limits


def test_version_two(tmp_path):
    (tmp_path / "cpu.max").write_text("200000 100000\n")
    (tmp_path / "memory.max").write_text("4294967296\n")
    assert limits(str(tmp_path)) == {"GITPOD_CPU_COUNT": "2", "GITPOD_MEMORY": "4096"}


def test_version_one(tmp_path):
    for name in ("cpu", "memory"):
        (tmp_path / name).mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text("50000\n")
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "memory/memory.limit_in_bytes").write_text("2147483648\n")
    assert limits(str(tmp_path)) == {"GITPOD_CPU_COUNT": "1", "GITPOD_MEMORY": "2048"}


def test_without_limits_nothing_is_claimed(tmp_path):
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert limits(str(tmp_path)) == limits(str(tmp_path / "nowhere")) == {}
