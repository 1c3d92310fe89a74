"""The repositories of the fake runtime: which there are, and what is in them."""

from collections.abc import Sequence
from hashlib import sha1

from app.runtime.port import ContentState, ContentStatus, Initializer, Looked
from app.runtime.script import NO_REPOSITORY, TOO_LARGE
from wire.ids import InstanceId
from wire.problems import Problem

REVISION = "0" * 39 + "1"


class FakeRepositories:
    """What git would say of them."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        """URLs at which there is no repository."""
        self.huge: set[str] = set()
        """URLs of repositories that are too large to be cloned whole."""
        self.configs: dict[str, str] = {}
        """URL → its .gitpod.yml."""
        self.files: dict[str, dict[str, str]] = {}
        """URL → path → text, of what is looked at."""
        self._cloned: dict[str, str] = {}

    def clone(
        self, instance: InstanceId, initializer: Initializer, problem: Problem | None, took: float
    ) -> ContentStatus:
        """Return what became of a clone that the script lets end like this."""
        if initializer.url in self.missing:
            problem = NO_REPOSITORY
        elif initializer.url in self.huge and not initializer.partial:
            problem = TOO_LARGE
        branch, path = initializer.ref or "main", initializer.path
        if initializer.place:
            branch, _, path = initializer.ref.partition("/")
        if problem is None:
            self._cloned[instance.workspace] = initializer.url
        return ContentStatus(
            instance=instance,
            state=ContentState.READY if problem is None else ContentState.FAILED,
            revision=REVISION if problem is None else "",
            branch=branch,
            path=path,
            config=self.configs.get(initializer.url, ""),
            problem=problem,
            took=took,
        )

    def at(self, workspace: str, paths: Sequence[str]) -> list[Looked]:
        """Return what is at paths of the workspace's clone."""
        files = self.files.get(self._cloned.get(workspace, ""), {})
        return [_looked(files, path) for path in paths]


def _looked(files: dict[str, str], path: str) -> Looked:
    if path in files:
        return Looked(id=_name(files[path]), text=files[path])
    front = f"{path}/" if path else ""
    below = sorted((n[len(front) :], text) for n, text in files.items() if n.startswith(front))
    return Looked(id=_name(repr(below)), folder=True) if below else Looked()


def _name(text: str) -> str:
    return sha1(text.encode(), usedforsecurity=False).hexdigest()
