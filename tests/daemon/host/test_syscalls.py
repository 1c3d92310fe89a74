import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.host import syscalls

CHECKOUT = str(Path(__file__).resolve().parents[3])


def test_a_folder_is_opened_without_links(tmp_path):
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.close(syscalls.open_folder_without_links(str(tmp_path / "real" / "deep")))
    with pytest.raises(OSError, match="symbolic"):
        syscalls.open_folder_without_links(str(tmp_path / "link" / "deep"))
    with pytest.raises(FileNotFoundError):
        syscalls.open_folder_without_links(str(tmp_path / "none"))


def run_alone(script: str) -> str:
    """Run in a process of its own, since namespaces and ids do not come back."""
    code = f"import os, sys; sys.path.insert(0, {CHECKOUT!r}); from daemon.host import syscalls\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code + script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.root
def test_privileges_are_gone_for_good():
    script = """
syscalls.drop_privileges(33333, 33333)
print(os.getresuid(), os.getresgid(), os.getgroups())
print([l.split()[1] for l in open('/proc/self/status') if l.startswith(('Cap', 'NoNew'))])
"""
    zero = "0000000000000000"
    assert run_alone(script).splitlines() == [
        "(33333, 33333, 33333) (33333, 33333, 33333) []",
        str([zero] * 5 + ["1"]),
    ]


@pytest.mark.root
def test_binds_tmpfs_and_a_new_root(tmp_path):
    script = f"""
root = {str(tmp_path)!r}
syscalls.unshare(syscalls.CLONE_NEWNS)
syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
syscalls.mount("tmpfs", root, "tmpfs")
os.mkdir(root + "/usr")
syscalls.bind("/usr", root + "/usr", syscalls.MOUNT_ATTR_RDONLY)
syscalls.pivot_into(root)
print(os.listdir("/"))
try:
    open("/usr/x", "w")
except OSError as error:
    print(error.errno)
"""
    assert run_alone(script).splitlines() == ["['usr']", "30"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.root
@pytest.mark.parametrize(
    "call",
    [
        "syscalls.unmount('/nowhere')",
        "syscalls.mount('x', '/nowhere', 'tmpfs')",
        "syscalls.bind('/nowhere', '/')",
        "syscalls.bind('/usr', '/nowhere')",
        "syscalls.setns(0, syscalls.CLONE_NEWNET)",
        "syscalls.syncfs(99)",
    ],
)
def test_failures_are_os_errors(call):
    script = f"try:\n    {call}\nexcept OSError as error:\n    print('raised')"
    assert run_alone("syscalls.unshare(syscalls.CLONE_NEWNS)\n" + script) == "raised"


@pytest.mark.root
def test_a_capability_is_done_without_for_a_while():
    script = """
def effective():
    line = next(l for l in open('/proc/self/status') if l.startswith('CapEff'))
    return int(line.split()[1], 16)
before = effective()
with syscalls.without(syscalls.CAP_CHOWN):
    print(before ^ effective())
print(before == effective())
"""
    assert run_alone(script).splitlines() == ["1", "True"]


@pytest.mark.root
def test_options_of_a_filesystem_change_while_it_is_mounted(tmp_path):
    script = f"""
syscalls.unshare(syscalls.CLONE_NEWNS)
syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
syscalls.mount("tmpfs", {str(tmp_path)!r}, "tmpfs", syscalls.MS_NODEV, "size=1m")
syscalls.remount({str(tmp_path)!r}, syscalls.MS_NODEV, "size=2m")
print(os.statvfs({str(tmp_path)!r}).f_blocks * 4096 >> 20)
"""
    assert run_alone(script) == "2"
