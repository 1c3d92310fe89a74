"""What git says of the cast's workspaces."""

from typing import Any

from msgspec.structs import replace

from app.workspaces.gitstate import kept
from wire.git import GitState

_BUSY = GitState(
    branch="main",
    upstream="origin/main",
    ahead=1,
    behind=2,
    uncommitted=3,
    untracked=1,
    unpushed=1,
    uncommitted_files=[
        "README.md",
        "src/server/payments/settlement.ts",
        "src/server/payments/batch.ts",
    ],
    untracked_files=["src/server/payments/settlement.test.ts"],
    unpushed_commits=["9c1d0f2: Settle in batches of a thousand, and say which failed"],
)


def git_of(repository: str, commit: str, now: float, *, busy: bool) -> dict[str, Any]:
    """Return what is kept of a workspace; a busy one has what is only there."""
    folder = repository.rpartition("/")[2]
    clean = GitState(folder=folder, branch="main", commit=commit, upstream="origin/main")
    return kept([replace(_BUSY, folder=folder, commit=commit) if busy else clean], now)
