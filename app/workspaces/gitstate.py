"""What of a workspace's repositories exists only in it: taken in, and kept. Pure.

Kept in the workspace's row, so that it is there while the workspace is stopped too. What an
instance says is not trusted: it is cut to size, and shown as text.
"""

from typing import Any

from msgspec import convert, to_builtins
from msgspec.structs import replace

from app.workspaces.structs import GitView, RepositoryView
from wire.agent import Observed
from wire.git import LONGEST_NAME, MOST_NAMES, MOST_REPOSITORIES, GitState

_LONGEST_REF = 255


def states_of(observed: Observed) -> list[GitState]:
    """Return what a supervisor tells of its repositories, the opened one first, cut to size."""
    opened = [observed.git] if observed.git is not None else []
    return [_cut(one) for one in [*opened, *observed.more_git][:MOST_REPOSITORIES]]


def kept(states: list[GitState], now: float, *, final: bool = False) -> dict[str, Any]:
    """Return what is kept of a report; nothing where there is no repository.

    `final` tells that everything in the workspace had ended by then.
    """
    if not states:
        return {}
    shown = [_view(one) for one in states]
    return {"at": now, "final": final, "repositories": [to_builtins(one) for one in shown]}


def same(held: dict[str, Any] | None, states: list[GitState], *, final: bool = False) -> bool:
    """Tell whether what is kept says the same; when it was told does not matter."""
    before: list[Any] = (held or {}).get("repositories", [])
    now: list[Any] = kept(states, 0.0).get("repositories", [])
    return before == now and (held or {}).get("final", False) == final


def view_of(held: dict[str, Any] | None) -> GitView | None:
    """Return what is kept as people see it."""
    return convert(held, GitView) if held else None


def fully_pushed(git: GitView | None) -> bool:
    """Tell whether every repository is known, and has nothing that exists only here."""
    if git is None or not git.repositories:
        return False
    return not any(one.unknown or words_of(one) for one in git.repositories)


def words_of(one: RepositoryView) -> str:
    """Return what exists only here, e.g. `3 uncommitted, 1 unpushed`; empty for nothing."""
    parts = (
        (one.uncommitted, "uncommitted"),
        (one.untracked, "untracked"),
        (one.unpushed, "unpushed"),
        (one.stashed, "stashed"),
    )
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def _view(one: GitState) -> RepositoryView:
    return RepositoryView(
        folder=one.folder,
        branch=one.branch,
        commit=one.commit,
        upstream=one.upstream,
        ahead=one.ahead,
        behind=one.behind,
        uncommitted=one.uncommitted,
        untracked=one.untracked,
        unpushed=one.unpushed,
        stashed=one.stashed,
        uncommitted_files=one.uncommitted_files,
        untracked_files=one.untracked_files,
        unpushed_commits=one.unpushed_commits,
        unknown=one.unknown,
    )


def _cut(one: GitState) -> GitState:
    return replace(
        one,
        folder=_line(one.folder),
        branch=_line(one.branch, _LONGEST_REF),
        commit=_line(one.commit, 64),
        upstream=_line(one.upstream, _LONGEST_REF),
        uncommitted_files=_lines(one.uncommitted_files),
        untracked_files=_lines(one.untracked_files),
        unpushed_commits=_lines(one.unpushed_commits),
        unknown=_line(one.unknown),
        uncommitted=max(one.uncommitted, 0),
        untracked=max(one.untracked, 0),
        unpushed=max(one.unpushed, 0),
        stashed=max(one.stashed, 0),
        ahead=max(one.ahead, 0),
        behind=max(one.behind, 0),
    )


def _lines(names: list[str]) -> list[str]:
    return [_line(one) for one in names[:MOST_NAMES]]


def _line(text: str, longest: int = LONGEST_NAME) -> str:
    return "".join(one if one.isprintable() else "�" for one in text[:longest])
