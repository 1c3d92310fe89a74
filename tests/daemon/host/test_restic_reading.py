"""Looking into a point: names of any bytes, files and archives."""

import io
import os
import tarfile

import pytest

from daemon.core.faults import BackupFailed
from daemon.host.restic_reading import name_of
from daemon.host.survey import spell
from tests.daemon.restics import KEY

pytestmark = pytest.mark.root
ODD = b"odd\xff\n\"\\\x07 \xc3\xa4\xf0\x9f\x90\x99\xe2\x80\xa8'$"


async def read(place, snapshot, path, archive=""):
    words = {"snapshot": snapshot, "path": spell(path), "archive": archive}
    stream = place.restic.stream("export", KEY, place.repository, **words)
    return b"".join([chunk async for chunk in stream])


async def test_folders_files_and_archives_of_any_name(place):
    folder = os.fsencode(place.tree) + b"/" + ODD
    os.mkdir(folder)
    descriptor = os.open(folder + b"/" + ODD, os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, b"content")
    os.close(descriptor)
    os.symlink(b"there", folder + b"/link")
    snapshot = await place.snapshot("p")

    async def names(path):
        answer = await place.run("browse", snapshot=snapshot, path=spell(path))
        return {one["name"]: one["type"] for one in answer["entries"]}

    assert await names(b"") == {"home": "dir", "workspace": "dir"}
    assert await names(b"workspace") == {spell(ODD): "dir"}
    inside = b"workspace/" + ODD
    assert await names(inside) == {spell(ODD): "file", "link": "symlink"}
    assert await read(place, snapshot, inside + b"/" + ODD) == b"content"
    with tarfile.open(fileobj=io.BytesIO(await read(place, snapshot, inside, "tar"))) as tar:
        assert len(tar.getmembers()) == 2
    with pytest.raises(BackupFailed) as failed:
        await names(b"workspace/nowhere")
    assert failed.value.fault.code == "path_unknown"


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("plain", b"plain"),
        (r"a\\b\"\n\t\r\a\b\f\v", b'a\\b"\n\t\r\x07\x08\x0c\x0b'),
        (r"\xff\u2028\U0010ffff", b"\xff\xe2\x80\xa8\xf4\x8f\xbf\xbf"),
        ("ä", "ä".encode()),
    ],
)
def test_a_name_is_a_literal_of_go(spelled, name):
    assert name_of({"name": spelled}) == name
