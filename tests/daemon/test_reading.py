"""What is in a repository is asked of its place, whatever the node has noted."""

import pytest

from daemon.core.faults import BackupFailed
from daemon.core.points import Book, Point
from daemon.reading import Reading
from tests.daemon.restics import KEY, WORKSPACE, Place

pytestmark = pytest.mark.root


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.close()


async def test_points_are_those_of_the_repository(place):
    reading = Reading(place.repositories)
    assert await reading.points(KEY) == ([], 0)
    (place.tree / "a").write_text("a")
    snapshot = await place.snapshot("p")
    (found,), size = await reading.points(KEY)
    assert (found.point, found.snapshot, found.verified) == ("p", snapshot, False)
    assert size > 0
    noted = Point(point="p", time=1.0, snapshot=snapshot, verified=True)
    place.repositories.keep_book(WORKSPACE, Book(points={"p": noted}))
    assert (await reading.points(KEY))[0] == [noted]
    assert [one["name"] for one in await reading.browse(KEY, "p", b"workspace")] == ["a"]
    with pytest.raises(BackupFailed) as failed:
        await reading.browse(KEY, "q", b"")
    assert failed.value.fault.code == "point_unknown"
