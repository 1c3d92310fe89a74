"""Which repositories a pattern names, and which of several counts. Pure.

`owner/name` is the repository's path on its host; `*` stands for one part of it, and `**` as
the last part for one or more. Source: Gitpod's user variables.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

ANY = "*"
REST = "**"
EVERYWHERE = f"{ANY}/{REST}"
_PART = re.compile(r"[^\s/*]+")
_SCP = re.compile(r"(?:[^@/\s]+@)?[^:/\s]+:(?!//)(?P<path>.+)")


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern: at least two parts, `**` only at the end."""
    *parts, last = text.split("/")
    inner = all(one == ANY or _PART.fullmatch(one) for one in parts)
    return bool(parts) and inner and (last in {ANY, REST} or bool(_PART.fullmatch(last)))


def matches(pattern: str, repository: str) -> bool:
    """Tell whether a pattern names a repository."""
    wanted, given = pattern.lower().split("/"), repository.lower().split("/")
    if wanted[-1] == REST:
        wanted = wanted[:-1]
        if len(given) <= len(wanted):
            return False
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        one in {ANY, other} for one, other in zip(wanted, given, strict=True)
    )


def closest(patterns: Iterable[str], repository: str) -> list[str]:
    """Return the patterns that name a repository, the one that counts first."""
    return sorted((one for one in patterns if matches(one, repository)), key=_rank)


def _rank(pattern: str) -> tuple[list[int], int]:
    """Rank what is spelled out before `*`, from the left on, and `*` before `**`."""
    parts = pattern.split("/")
    return [{ANY: 1, REST: 2}.get(one, 0) for one in parts], -len(parts)


def repository_of(url: str) -> str:
    """Return the path of a repository on its host, owner/name."""
    scp = _SCP.fullmatch(url)
    path = scp["path"] if scp else urlsplit(url).path
    return path.strip("/").removesuffix(".git")
