"""What opening a URL would mean for a person, told before anything is made. Pure."""

from dataclasses import dataclass

from app.workspaces.forge import Kind
from app.workspaces.repository import Repository
from app.workspaces.structs import WorkspaceView


@dataclass(frozen=True, slots=True)
class Preview:
    """A repository, whether it is trusted, and the workspaces there are of it already."""

    repository: Repository
    trusted: bool
    own: list[WorkspaceView]


@dataclass(frozen=True, slots=True)
class Recent:
    """A repository that was opened before."""

    url: str
    repository: str

    @property
    def name(self) -> str:
        """What people call it."""
        return self.repository.rstrip("/").rpartition("/")[2].removesuffix(".git")


def same(view: WorkspaceView, repository: Repository) -> bool:
    """Tell whether a workspace was opened at what the repository names."""
    if view.deleting or view.url != repository.url:
        return False
    if (view.kind, view.ref, view.number) == (repository.kind, repository.ref, repository.number):
        return True
    # A place is known by its branch alone once the node has found where the branch ends.
    found = view.kind == Kind.REF and repository.kind is Kind.PLACE
    return found and f"{repository.ref}/".startswith(f"{view.ref}/")
