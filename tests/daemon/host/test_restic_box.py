"""What restic can see and do from inside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.host.restic_box import USER

pytestmark = pytest.mark.root
CHECKOUT = Path(__file__).resolve().parents[3]
LOOK = """
import json, os, sys
from daemon.host import restic_box
def tried(call):
    try:
        call()
    except OSError as error:
        return error.strerror
    return "done"
def work(plan):
    import socket
    print(json.dumps({
        "root": sorted(os.listdir("/")),
        "tree": sorted(os.listdir("/tree")),
        "user": os.getuid(),
        "pid": os.getpid(),
        "links": [name for _n, name in socket.if_nameindex()],
        "secret": open("/secret/password").read(),
        "read": open("/tree/workspace/private").read(),
        "write": tried(lambda: open("/tree/workspace/private", "w")),
        "repository": tried(lambda: open("/repository/x", "w")),
        "nice": os.nice(0),
        "environment": sorted(os.environ),
    }))
    return 7
restic_box.run_inside(json.loads(sys.argv[1]), work)
"""


@pytest.mark.parametrize("writes", [False, True])
def test_a_reader_sees_tree_and_repository_alone(tmp_path, writes):
    for name in ("tree", "home", "repository", "stage"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "tree" / "private").write_text("mine")
    (tmp_path / "tree" / "private").chmod(0o600)
    (tmp_path / "repository").chmod(0o777)
    plan = {
        "stage": str(tmp_path / "stage"),
        "repository": str(tmp_path / "repository"),
        "key": "ab" * 32,
        "idle": True,
        "writes": writes,
        "tree": {"workspace": str(tmp_path / "tree"), "home/gitpod": str(tmp_path / "home")},
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(plan)],
        capture_output=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert done.returncode == 7, done.stderr
    said = json.loads(done.stdout)
    assert {"repository", "secret", "tmp", "tree", "usr"} <= set(said["root"])
    assert not {"proc", "sys", "home", "work", "root", "etc", "run"} & set(said["root"])
    assert (said["user"], said["pid"], said["links"]) == (USER, 1, ["lo"])
    assert said["secret"] == "ab" * 32 + "\n"
    assert (said["read"], said["write"]) == ("mine", "Read-only file system")
    assert said["repository"] == ("done" if writes else "Read-only file system")
    assert said["nice"] == 19
    assert list((tmp_path / "stage").iterdir()) == []
