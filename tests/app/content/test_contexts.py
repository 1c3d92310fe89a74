"""What pages of restore points say."""

import pytest

from app.content.contexts import files_context, look_of, points_context, progress_of, size_of
from app.content.deciding import Reason, State
from app.content.progress import Progress
from app.content.structs import FileView, PointList, PointView, Whose
from app.runtime.points import EntryKind

WHOSE = Whose("amber-otter-0", "demo", stopped=True, deleted=False, excludes=[])


def point(state: State = State.DONE, **more: int) -> PointView:
    return PointView(
        id="rp-1",
        workspace=WHOSE.id,
        state=state,
        reason=Reason.STOP,
        made=1.0,
        asked=1.0,
        current=1.0,
        files=more.get("files", 2),
        size=more.get("size", 5),
        files_new=more.get("files_new", 0),
        files_changed=more.get("files_changed", 0),
        added=0,
        pinned=False,
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456, "123 kB"), (5 * 10**13, "50.0 TB")],
)
def test_sizes(count: int, words: str) -> None:
    assert size_of(count) == words


def test_changes_are_told_in_words() -> None:
    assert look_of(point()).changes == "nothing changed"
    assert look_of(point(files_new=3, files_changed=1)).changes == "3 new, 1 changed"


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, ""),
        (Progress(text="looking for changes"), "looking for changes"),
        (Progress(text="reading back", done=5000), "reading back 5.0 kB"),
        (Progress(text="writing", done=1000, total=4000), "writing 25 %, 1.0 kB of 4.0 kB"),
        (Progress(done=9000, total=4000), "100 %, 4.0 kB of 4.0 kB"),
    ],
)
def test_progress_is_told_in_words(progress: Progress | None, words: str) -> None:
    assert progress_of(progress) == words


def test_what_changes_of_a_page_is_its_list() -> None:
    found = PointList(points=[point()], backup=None)
    context = points_context(WHOSE, found, 300)
    assert (context.every, context.restoring) == ("5 min", "")
    assert context.shown == points_context(WHOSE, found, 300).shown
    moved = PointList(points=[point()], backup=None, restore=Progress(text="restoring"))
    assert context.shown != points_context(WHOSE, moved, 300).shown


def test_a_folder_has_its_way_and_links_that_survive_odd_names() -> None:
    def file(path: str, kind: EntryKind) -> FileView:
        return FileView(name=path, path=path, kind=kind, size=1, modified=0.0, mode=0o644)

    files = [
        file("workspace/a%20b/c", EntryKind.FOLDER),
        file("workspace/a%20b/%FF&x", EntryKind.FILE),
        file("workspace/a%20b/fifo", EntryKind.OTHER),
    ]
    context = files_context(WHOSE, point(), "workspace/a%20b", files)
    assert context.here == "a b"
    assert [one.name for one in context.crumbs] == ["Everything", "workspace"]
    page = "/workspaces/amber-otter-0/points/rp-1"
    assert context.crumbs[1].url == f"{page}?path=workspace"
    assert [one.url for one in context.files] == [
        f"{page}?path=workspace%2Fa%2520b%2Fc",
        f"/api/v1{page}/download?format=file&path=workspace%2Fa%2520b%2F%25FF%26x",
        "",
    ]
    assert files_context(WHOSE, point(), "", []).crumbs == []
