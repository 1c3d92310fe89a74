"""Folders are browsed and downloads streamed, running or stopped; for the owner alone."""

import io
import tarfile
import zipfile

import pytest
import zstandard

from app.accounts.sealing import Seal
from app.content.reading import Download, Reading
from app.content.repositories import Repositories
from app.faults import Conflict, Malformed, Missing
from app.runtime.points import EntryKind
from tests.app.content.conftest import WEEK, Safe


async def whole(download: Download) -> bytes:
    return b"".join([piece async for piece in download.pieces])


@pytest.fixture
def odd(safe: Safe) -> Safe:
    safe.files.update(
        {
            b"workspace/demo/b/c.txt": b"see",
            b"workspace/demo/\xff.bin": b"odd" * 100_000,
            b"home/gitpod/.bashrc": b"alias",
        }
    )
    return safe


async def test_folders_come_first_and_odd_names_have_a_path(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    reading, alice = odd.content.reading, odd.control.alice
    top = await reading.browse(alice, odd.workspace, point, "")
    assert [(one.path, one.kind) for one in top] == [
        ("home", EntryKind.FOLDER),
        ("workspace", EntryKind.FOLDER),
    ]
    demo = await reading.browse(alice, odd.workspace, point, "workspace/demo")
    assert [one.path for one in demo] == [
        "workspace/demo/b",
        "workspace/demo/a.txt",
        "workspace/demo/%FF.bin",
    ]
    sent = await reading.download(alice, odd.workspace, point, demo[2].path, "file")
    assert await whole(sent) == b"odd" * 100_000


async def test_a_folder_and_everything_come_as_archives(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    reading, alice = odd.content.reading, odd.control.alice
    sent = await reading.download(alice, odd.workspace, point, "", "tar.zst")
    assert sent.name == "demo.tar.zst"
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(await whole(sent))
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert len(tar.getnames()) == 4
    sent = await reading.download(alice, odd.workspace, point, "workspace/demo/b", "zip")
    assert sent.name == "b.zip"
    with zipfile.ZipFile(io.BytesIO(await whole(sent))) as archive:
        assert archive.namelist() == ["workspace/demo/b/c.txt"]


async def test_it_works_while_it_runs_and_when_it_is_deleted(odd: Safe) -> None:
    odd.control.clock.advance(300)
    await odd.look()
    point = (await odd.points())[0].id
    for _ in range(2):
        sent = await odd.content.reading.download(
            odd.control.alice, odd.workspace, point, "workspace/demo/a.txt", "file"
        )
        assert await whole(sent) == b"one"
        if odd.workspace in odd.control.node.contents:
            await odd.gone()
    odd.control.clock.advance(WEEK)
    with pytest.raises(Missing):
        await odd.content.reading.browse(odd.control.alice, odd.workspace, point, "")


async def test_nobody_else_reads_a_byte(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    for principal in (odd.control.bob, odd.control.stranger):
        with pytest.raises(Missing):
            await odd.content.reading.browse(principal, odd.workspace, point, "")
        with pytest.raises(Missing):
            await odd.content.reading.download(principal, odd.workspace, point, "", "zip")


async def test_what_is_not_there_is_refused_before_the_first_byte(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    reading, alice = odd.content.reading, odd.control.alice
    for path, wanted, code in (
        ("workspace/none", "file", "path_unknown"),
        ("workspace/none", "zip", "path_unknown"),
    ):
        with pytest.raises(Missing) as missing:
            await reading.download(alice, odd.workspace, point, path, wanted)
        assert missing.value.code == code
    with pytest.raises(Missing):
        await reading.browse(alice, odd.workspace, point, "workspace/none")
    for path, wanted in (("", "file"), ("workspace", "rar")):
        with pytest.raises(Malformed) as refused:
            await reading.download(alice, odd.workspace, point, path, wanted)
        assert refused.value.code == "format_unknown"


async def test_so_many_downloads_at_once_and_each_that_ends_makes_room(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    reading, alice = odd.content.reading, odd.control.alice
    held = [
        await reading.download(alice, odd.workspace, point, "workspace/demo/a.txt", "file")
        for _ in range(4)
    ]
    with pytest.raises(Conflict) as busy:
        await reading.download(alice, odd.workspace, point, "", "zip")
    assert busy.value.code == "downloads_busy"
    for one in held:
        await whole(one)
    await whole(await reading.download(alice, odd.workspace, point, "", "zip"))
    assert reading._downloads == {}


async def test_a_node_or_key_that_is_away_is_told(odd: Safe) -> None:
    point = (await odd.backed_up()).id
    alice, control = odd.control.alice, odd.control
    lost = Repositories(control.database, b"x" * 32, Seal(b"y" * 32))
    with pytest.raises(Conflict) as refused:
        await Reading(control.store, odd.node, lost, WEEK).browse(alice, odd.workspace, point, "")
    assert refused.value.code == "content_key_lost"
    control.node.cut()
    with pytest.raises(Conflict) as refused:
        await odd.content.reading.browse(alice, odd.workspace, point, "")
    assert refused.value.code == "point_unreadable"
