"""What of a workspace's repositories exists only in it, on a terminal. Pure."""

from collections.abc import Iterator
from typing import Any

_FEW = 5
"""Names of each kind that are listed before a deletion."""
_KINDS = (
    ("unpushed", "commit", "not pushed", "unpushed_commits"),
    ("uncommitted", "file", "not committed", "uncommitted_files"),
    ("untracked", "file", "new to git", "untracked_files"),
    ("stashed", "stash", "", ""),
)


def git_lines(view: dict[str, Any]) -> list[str]:
    """Return one line for each repository: its branch, and what exists only here."""
    return [
        f"  git         {' '.join(_place(one))}: {', '.join(_words(one)) or 'nothing only here'}"
        for one in _repositories(view)
    ]


def lost_lines(view: dict[str, Any]) -> list[str]:
    """Return what a deletion would lose of the repositories, with a few names of each kind."""
    lines = []
    for one in _repositories(view):
        if not (words := _words(one)):
            continue
        lines.append(f"  Only here, in {one['folder'] or view['name']}: {', '.join(words)}")
        for count, _noun, _what, names in _KINDS:
            shown = one[names][:_FEW] if names else []
            lines += [f"      {name}" for name in shown]
            if shown and one[count] > len(shown):
                lines.append(f"      and {one[count] - len(shown)} more")
    return lines


def _repositories(view: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (view.get("git") or {}).get("repositories", [])
    return found


def _words(one: dict[str, Any]) -> list[str]:
    words = [
        f"{one[count]} {_plural(noun, one[count])} {what}".rstrip()
        for count, noun, what, _names in _KINDS
        if one[count]
    ]
    return [*words, f"not all is known, {one['unknown']}"] if one["unknown"] else words


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}es" if noun.endswith("sh") else f"{noun}s"


def _place(one: dict[str, Any]) -> Iterator[str]:
    if one["folder"]:
        yield one["folder"]
    yield one["branch"] or one["commit"][:8] or "no branch"
    if one["ahead"]:
        yield f"+{one['ahead']}"
    if one["behind"]:
        yield f"-{one['behind']}"
