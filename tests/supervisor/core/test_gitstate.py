"""What of a repository exists only here."""

from supervisor.core.gitstate import read, status_command, unpushed_command
from wire.agent import GitState

STATUS = """\
# branch.oid 4f1c0a9e77b2d6c85e3390aa1b7d5c2f60918e34
# branch.head feature/x
# branch.upstream origin/feature/x
# branch.ab +2 -0
1 .M N... 100644 100644 100644 a b README.md
2 R. N... 100644 100644 100644 a b R100 new\told
u UU N... 100644 100644 100644 100644 a b c d conflict
? untracked
"""


def test_changes_and_commits_are_counted():
    assert read(STATUS, "2\n") == GitState(branch="feature/x", changed=4, unpushed=2)


def test_without_a_branch_or_commits_it_says_less():
    assert read("# branch.oid (initial)\n# branch.head main\n", "") == GitState(branch="main")
    assert read("# branch.head (detached)\n", "fatal: bad revision") == GitState()


def test_no_lock_is_taken_and_nothing_of_the_repository_runs():
    assert "--no-optional-locks" in status_command("/workspace/demo")
    for command in (status_command("/w"), unpushed_command("/w")):
        assert "core.fsmonitor=false" in command
        assert "core.hooksPath=/dev/null" in command
