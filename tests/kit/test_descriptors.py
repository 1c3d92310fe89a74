"""The limit is raised, and told in connections; in a process of its own, since it stays."""

import subprocess
import sys

import pytest

from kit.descriptors import LEAST, MOST, RESERVE

SAY = """
import resource, sys
from kit.descriptors import room
resource.setrlimit(resource.RLIMIT_NOFILE, (100, int(sys.argv[1])))
print(room(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("hard", "clients"), [(300, LEAST), (4096, (4096 - RESERVE) // 2), (19_000, MOST)]
)
def test_the_limit_is_raised_and_each_client_has_two(hard: int, clients: int) -> None:
    said = subprocess.run([sys.executable, "-c", SAY, str(hard)], capture_output=True, check=True)
    assert said.stdout.split() == [b"%d" % one for one in (clients, hard, hard)]
