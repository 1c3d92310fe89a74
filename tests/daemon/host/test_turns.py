"""Long work leaves the group of those that go first."""

import secrets
import subprocess
import sys
from pathlib import Path

from cli.launcher.weight import Group

CHECKOUT = Path(__file__).resolve().parents[3]
LEAVE = (
    "import sys\n"
    "from cli.launcher.weight import Group\n"
    "Group(sys.argv[1]).enter()\n"
    "from daemon.host.turns import take_a_usual_turn\n"
    "print(open('/proc/self/cgroup').read())\n"
    "print('--')\n"
    "take_a_usual_turn()\n"
    "print(open('/proc/self/cgroup').read())"
)


def test_it_goes_where_everybody_is():
    tag = secrets.token_hex(3)
    group = Group(tag)
    assert group.make() == ""
    try:
        said = subprocess.run(
            [sys.executable, "-c", LEAVE, tag],
            check=True,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
        ).stdout
    finally:
        group.remove()
    before, after = said.split("--")
    assert group.folder.name in before
    assert group.folder.name not in after


def test_where_there_are_no_groups_nothing_happens(tmp_path: Path):
    code = f"from daemon.host.turns import *; take_a_usual_turn(Path({str(tmp_path / 'x')!r}))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=CHECKOUT).returncode == 0
