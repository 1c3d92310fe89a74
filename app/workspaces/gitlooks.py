"""How what exists only in a workspace is said: on its row, its page, before it is deleted. Pure."""

from dataclasses import dataclass

from app.workspaces.gitstate import words_of
from app.workspaces.structs import GitView, RepositoryView
from wire.git import MOST_NAMES

_FEW = 5
"""Names of each kind in a question."""


@dataclass(frozen=True, slots=True)
class NamesLook:
    """What would be lost of one kind: a heading, names, and how many more there are."""

    title: str
    names: list[str]
    more: int


@dataclass(frozen=True, slots=True)
class RepositoryLook:
    """One repository as pages show it."""

    folder: str
    where: str
    """Its branch, and how far it is from the remote's."""
    lost: list[NamesLook]
    """What exists only here; empty for nothing."""
    unknown: str


@dataclass(frozen=True, slots=True)
class GitLook:
    """All repositories of a workspace; `seen` is None before anything was told."""

    seen: GitView | None

    @property
    def at(self) -> float:
        """When it was told."""
        return self.seen.at if self.seen is not None else 0.0

    @property
    def words(self) -> str:
        """What would be lost of all of them together, for a row; empty for nothing."""
        if self.seen is None or not self.seen.repositories:
            return ""
        names = ("uncommitted", "untracked", "unpushed", "stashed")
        sums = {name: sum(getattr(one, name) for one in self.seen.repositories) for name in names}
        return words_of(RepositoryView(**sums))

    @property
    def branch(self) -> str:
        """Where the repository that was opened stands, in a few signs: `main ↑1 ↓2`."""
        one = self._opened
        if one is None:
            return ""
        ways = [f"↑{one.ahead}"] * bool(one.ahead) + [f"↓{one.behind}"] * bool(one.behind)
        return " ".join([one.branch or one.commit[:8], *ways]).strip()

    @property
    def where(self) -> str:
        """The same in words."""
        return _where(self._opened) if self._opened is not None else ""

    @property
    def repositories(self) -> list[RepositoryLook]:
        """Each, with the names of what exists only here."""
        return [_look(one, MOST_NAMES) for one in self.seen.repositories] if self.seen else []

    @property
    def lost(self) -> list[RepositoryLook]:
        """Those of which something would be lost, or may be, with a few names."""
        found = [_look(one, _FEW) for one in self.seen.repositories] if self.seen else []
        return [one for one in found if one.lost or one.unknown]

    @property
    def _opened(self) -> RepositoryView | None:
        return self.seen.repositories[0] if self.seen and self.seen.repositories else None


def _look(one: RepositoryView, most: int) -> RepositoryLook:
    kinds: tuple[tuple[int, str, str, list[str]], ...] = (
        (one.unpushed, "commit", "not pushed", one.unpushed_commits),
        (one.uncommitted, "file", "not committed", one.uncommitted_files),
        (one.untracked, "file", "new to git", one.untracked_files),
        (one.stashed, "stash", "", []),
    )
    found = [_names(*kind, most) for kind in kinds if kind[0]]
    return RepositoryLook(one.folder, _where(one), found, one.unknown)


def _names(count: int, noun: str, what: str, names: list[str], most: int) -> NamesLook:
    nouns = noun if count == 1 else f"{noun}es" if noun.endswith("sh") else f"{noun}s"
    shown = names[:most]
    more = count - len(shown) if shown else 0
    return NamesLook(f"{count} {nouns} {what}".rstrip(), shown, max(more, 0))


def _where(one: RepositoryView) -> str:
    head = one.branch or (f"detached at {one.commit[:8]}" if one.commit else "no branch")
    if not one.commit:
        return f"{head}, no commit yet"
    if not one.upstream:
        return f"{head}, follows no remote branch" if one.branch else head
    if one.ahead and one.behind:
        return f"{head}, {one.ahead} ahead of and {one.behind} behind {one.upstream}"
    if one.ahead:
        return f"{head}, {one.ahead} ahead of {one.upstream}"
    return f"{head}, {one.behind} behind {one.upstream}" if one.behind else head
