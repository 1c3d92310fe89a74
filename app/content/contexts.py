"""What the pages of restore points are drawn from."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, unquote

from app.content.deciding import State
from app.content.progress import Progress
from app.content.structs import DeletedView, FileView, PointList, PointView, Whose
from app.web.render import Context
from app.workspaces.structs import BackupView
from kit.durations import words_of

_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class PointLook:
    """A restore point as people see it."""

    view: PointView
    title: str
    size: str
    changes: str
    doing: str
    """How far it is, while it is made."""

    @property
    def done(self) -> bool:
        """Whether there is something to look into."""
        return self.view.state is State.DONE


@dataclass(frozen=True, slots=True)
class PointListContext(Context):
    """The restore points of a workspace, without their frame."""

    template: ClassVar[str] = "content/list.html"

    whose: Whose
    looks: list[PointLook]
    backup: BackupView | None
    every: str
    """Empty where no points are made."""
    restoring: str
    """How far a restore is, for people."""


@dataclass(frozen=True, slots=True)
class PointsContext(PointListContext):
    """The restore points of a workspace."""

    template: ClassVar[str] = "content/points.html"
    part: ClassVar[str] = "content/list.html"

    @property
    def shown(self) -> PointListContext:
        """What changes of it."""
        return PointListContext(self.whose, self.looks, self.backup, self.every, self.restoring)


@dataclass(frozen=True, slots=True)
class Crumb:
    """A folder on the way to the one that is shown."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FileLook:
    """What is in a folder, as people see it."""

    view: FileView
    size: str
    url: str
    """Of a folder's page, or of a file's download; empty for what can be neither."""


@dataclass(frozen=True, slots=True)
class FilesContext(Context):
    """A folder of a restore point."""

    template: ClassVar[str] = "content/files.html"

    whose: Whose
    look: PointLook
    crumbs: list[Crumb]
    here: str
    files: list[FileLook]
    archive: str
    """URL of this folder's download, without its format."""


@dataclass(frozen=True, slots=True)
class RestoreContext(Context):
    """The question before files are replaced."""

    template: ClassVar[str] = "content/restore.html"

    whose: Whose
    look: PointLook


@dataclass(frozen=True, slots=True)
class BringingContext(Context):
    """How far the files are that a start waits for."""

    template: ClassVar[str] = "content/bringing.html"

    doing: str


@dataclass(frozen=True, slots=True)
class DeletedContext(Context):
    """Deleted workspaces that can be restored."""

    template: ClassVar[str] = "content/deleted.html"

    deleted: list[DeletedView]
    keeps: str
    """For how long; empty where nothing is kept."""


@dataclass(frozen=True, slots=True)
class FreeContext(Context):
    """The question before the files of a deleted workspace are given up."""

    template: ClassVar[str] = "content/free.html"

    deleted: DeletedView


def look_of(view: PointView) -> PointLook:
    """Return a point as people see it."""
    changes = [
        f"{count} {what}"
        for count, what in ((view.files_new, "new"), (view.files_changed, "changed"))
        if count
    ]
    return PointLook(
        view,
        f"{view.reason.words}: {view.node}" if view.node else view.reason.words,
        size_of(view.size),
        ", ".join(changes) or "nothing changed",
        progress_of(view.progress),
    )


def points_context(whose: Whose, found: PointList, every: float) -> PointsContext:
    """Return what the page shows."""
    return PointsContext(
        whose,
        [look_of(one) for one in found.points],
        found.backup,
        words_of(every) if every else "",
        progress_of(found.restore),
    )


def progress_of(progress: Progress | None) -> str:
    """Return how far something is, for people; empty where nothing is known."""
    if progress is None:
        return ""
    done, total = min(progress.done, progress.total or progress.done), progress.total
    facts = [progress.text] if progress.text else []
    if total:
        facts.append(f"{100 * done // total} %, {size_of(done)} of {size_of(total)}")
    elif done:
        facts.append(size_of(done))
    return " ".join(facts)


def files_context(whose: Whose, point: PointView, path: str, files: list[FileView]) -> FilesContext:
    """Return what a folder's page shows; `path` is the folder's, as texts write paths."""
    page = f"/workspaces/{whose.id}/points/{point.id}"
    download = f"/api/v1{page}/download"
    parts = path.split("/") if path else []
    crumbs = [
        Crumb(_name(part), f"{page}?path={quote('/'.join(parts[:index]), safe='')}")
        for index, part in enumerate(parts, 1)
    ]
    looks = []
    for one in files:
        inside = quote(one.path, safe="")
        url = {
            "folder": f"{page}?path={inside}",
            "file": f"{download}?format=file&path={inside}",
        }.get(one.kind.value, "")
        looks.append(FileLook(one, size_of(one.size) if one.kind == "file" else "", url))
    archive = f"{download}?path={quote(path, safe='')}"
    here = crumbs.pop().name if crumbs else "Everything"
    top = [Crumb("Everything", page)] if path else []
    return FilesContext(whose, look_of(point), top + crumbs, here, looks, archive)


def size_of(count: int) -> str:
    """Return bytes for people."""
    size = float(count)
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def _name(part: str) -> str:
    return unquote(part, errors="replace")
