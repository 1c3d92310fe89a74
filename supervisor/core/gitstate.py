"""What of a repository exists only here, read from git's own words. Pure."""

from supervisor.core.commands import GUARD
from wire.agent import GitState

_ENTRIES = ("1 ", "2 ", "u ", "? ")


def status_command(path: str) -> list[str]:
    """Return the command for `read`; it takes no lock, so that nobody's commit waits for it."""
    git = ["git", "--no-optional-locks", *GUARD, "-C", path]
    return [*git, "status", "--porcelain=v2", "--branch", "--untracked-files=normal"]


def unpushed_command(path: str) -> list[str]:
    """Return the command that counts commits of HEAD that no remote branch has."""
    return ["git", *GUARD, "-C", path, "rev-list", "--count", "HEAD", "--not", "--remotes"]


def read(status: str, unpushed: str) -> GitState:
    """Return the state from what both commands wrote."""
    branch, changed = "", 0
    for line in status.splitlines():
        if line.startswith("# branch.head "):
            head = line.removeprefix("# branch.head ")
            branch = "" if head == "(detached)" else head
        elif line.startswith(_ENTRIES):
            changed += 1
    count = unpushed.strip()
    return GitState(branch=branch, changed=changed, unpushed=int(count) if count.isdigit() else 0)
