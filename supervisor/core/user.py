"""Whether an image has the workspace's user, and what it has to be given. Pure.

The texts are Gitpod's: its images were built against them.
"""

from dataclasses import dataclass

NAME, NUMBER, HOME = "gitpod", 33333, "/home/gitpod"


@dataclass(frozen=True, slots=True)
class User:
    """What an image lacks of the user, and what stands in the way."""

    exists: bool
    missing: dict[str, str]
    """Line to append, by file: /etc/passwd and /etc/group."""
    problems: list[str]


def check(passwd: str, group: str, shell: str) -> User:
    """Read both files; a name or number that somebody else has is told and left alone."""
    people, groups = _rows(passwd, 7), _rows(group, 4)
    problems: list[str] = []
    missing: dict[str, str] = {}
    named = next((one for one in people if one[0] == NAME), None)
    numbered = next((one for one in people if one[2] == str(NUMBER)), None)
    if named is not None:
        uid, gid, home = named[2], named[3], named[5]
        if uid != str(NUMBER):
            problems.append(f"user {NAME} uses different UID {uid}, should be: {NUMBER}")
        if gid != str(NUMBER):
            problems.append(f"user {NAME} uses different GID {gid} (instead of {NUMBER})")
        if home != HOME:
            problems.append(f"user {NAME} uses different home directory {home} (instead of {HOME})")
    elif numbered is not None:
        problems.append(f"user {numbered[0]} already uses UID {NUMBER}")
    else:
        missing["/etc/passwd"] = f"{NAME}:x:{NUMBER}:{NUMBER}::{HOME}:{shell}\n"
    taken = {one[0] for one in groups}, {one[2] for one in groups}
    if NAME not in taken[0] and str(NUMBER) not in taken[1]:
        missing["/etc/group"] = f"{NAME}:x:{NUMBER}:\n"
    return User(named is not None, missing, problems)


def _rows(text: str, columns: int) -> list[list[str]]:
    rows = [line.split(":") for line in text.splitlines()]
    return [one for one in rows if len(one) == columns]
