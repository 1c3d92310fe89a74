"""What of a repository exists only in a workspace, as its supervisor tells it.

Some fields have other names in the messages: those of supervisors that were started before the
fields were named as people read them. A name that nobody understands would count as nothing,
and what is only in a workspace would be taken for pushed.
"""

from msgspec import Struct, field

from wire.numbers import Count

MOST_NAMES = 100
"""Files, and commits, that are told by name of each repository; all are counted."""
MOST_REPOSITORIES = 20
"""Repositories of one workspace that are looked at."""
LONGEST_NAME = 200
"""Characters of a name that are told."""


class GitState(Struct, frozen=True, kw_only=True):
    """One repository, as git itself sees it."""

    folder: str = ""
    """Below /workspace; empty from a supervisor that looks at one repository alone."""
    branch: str = ""
    """Empty for a detached HEAD."""
    commit: str = ""
    """Id that HEAD stands on; empty before the first one."""
    upstream: str = ""
    """Remote branch that the branch follows, such as origin/main; empty without one."""
    ahead: Count = 0
    behind: Count = 0
    """Commits by which the branch and its upstream differ, as far as git has fetched."""
    uncommitted: Count = field(default=0, name="changed")
    """Files that git knows and that differ from the last commit."""
    untracked: Count = 0
    """Files that git does not know and is not told to ignore."""
    unpushed: Count = 0
    """Commits of any local branch, and of HEAD, that no remote is known to have."""
    stashed: Count = 0
    uncommitted_files: list[str] = field(default_factory=list, name="changes")
    """Paths of uncommitted files below the repository; the first ones, as are the other names."""
    untracked_files: list[str] = field(default_factory=list, name="news")
    """Paths of untracked files."""
    unpushed_commits: list[str] = field(default_factory=list, name="commits")
    """Unpushed commits, newest first: `<short id>: <subject>`."""
    unknown: str = ""
    """Why some of it could not be looked at, in git's words."""
