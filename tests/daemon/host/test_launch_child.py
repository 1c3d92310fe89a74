"""The launch helper with a program in the runtime's place: what it sees, and what stays."""

import os
from pathlib import Path

import pytest

from daemon.host import syscalls
from daemon.host.helper import HelperFailed, run_helper

pytestmark = pytest.mark.root
OWNER = 1_900_000_000


@pytest.fixture
def plan(tmp_path):
    for name in ("image/etc", "upper", "work", "tree", "agent", "stage", "ide"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "image" / "etc" / "motd").write_text("from the image")
    (tmp_path / "tree" / "file").write_text("mine")
    os.chown(tmp_path / "tree" / "file", 33333, 33333)
    for name in ("stdin", "log"):
        (tmp_path / name).touch()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        os.write(writer, b"r")
        os.read(os.pipe()[0], 1)
    os.read(reader, 1)
    for name in ("uid_map", "gid_map"):
        Path(f"/proc/{child}/{name}").write_text(f"0 {OWNER} 65536")
    yield {
        "hide": [],
        "stage": str(tmp_path / "stage"),
        "userns": f"/proc/{child}/ns/user",
        "image": str(tmp_path / "image"),
        "upper": str(tmp_path / "upper"),
        "work": str(tmp_path / "work"),
        "idmapped": {"workspace": str(tmp_path / "tree")},
        "layered": {},
        "disk": "",
        "shown": {"ide": str(tmp_path / "ide")},
        "devices": {"dev-net-tun": [10, 200]},
        "owner": OWNER,
        "files": {"token": "very-secret"},
        "secret_folders": {"server": str(tmp_path / "agent")},
        "stdin": str(tmp_path / "stdin"),
        "log": str(tmp_path / "log"),
        "command": ["sh", "-c", f"cd {tmp_path}/stage\n{SCRIPT}"],
    }
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)


SCRIPT = """
cat root/etc/motd; echo
stat -c '%n %u %a' root/etc/motd workspace/file secrets/token
cat secrets/token; echo
touch ide/x secrets/server/x 2>&1 | grep -c Read-only
ls -d /proc/$$/fd/* 2>/dev/null | wc -l
stat -c '%F %t:%T %a' devices/dev-net-tun; head -c0 devices/dev-net-tun && echo opened
echo changed > root/etc/motd
"""


async def test_what_the_runtime_finds_on_the_stage(plan, tmp_path):
    await run_helper("launch_child", plan)
    said = (tmp_path / "log").read_text().splitlines()
    assert said[0] == "from the image"
    assert said[1].split()[:2] == ["root/etc/motd", str(OWNER)]
    assert said[2].split()[:2] == ["workspace/file", str(OWNER + 33333)]
    assert said[3].split() == ["secrets/token", str(OWNER), "400"]
    assert said[4] == "very-secret"
    assert said[5] == "2"
    assert int(said[6]) <= 4
    assert said[7:] == ["character special file a:c8 666", "opened"]


async def test_nothing_stays(plan, tmp_path):
    await run_helper("launch_child", plan)
    assert list((tmp_path / "stage").iterdir()) == []
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert (tmp_path / "image" / "etc" / "motd").read_text() == "from the image"
    assert (tmp_path / "upper" / "etc" / "motd").read_text() == "changed\n"
    assert all(
        b"very-secret" not in one.read_bytes()
        for one in tmp_path.iterdir()
        if one.is_file() and one.name != "log"
    )


async def test_a_missing_image_is_told(plan):
    plan["image"] = "/nowhere"
    with pytest.raises(HelperFailed, match="/nowhere"):
        await run_helper("launch_child", plan)
