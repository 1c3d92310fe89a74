"""A damaged repository can be written to again, and tells which points have lost something."""

import os
from pathlib import Path

import pytest

from daemon.core.faults import BackupFailed
from daemon.core.pointorders import Repository
from tests.daemon.restics import KEY, WORKSPACE

pytestmark = pytest.mark.root


def below(place, name: str) -> list[Path]:
    return sorted(one for one in (place.repository / name).rglob("*") if one.is_file())


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


async def mended(place, point: str) -> tuple[list[str], set[str]]:
    """Repair, make a point of everything; returns what was set aside, and points that lack."""
    answer = await place.run("repair", writes=True)
    made = await place.backup(point, anew=True, verified=answer["verified"])
    tags = {one["id"]: one["tags"][0].removeprefix("point:") for one in made["snapshots"]}
    lacking = (await place.run("unreadable"))["unreadable"]
    return answer["damaged"], {tags[one] for one in lacking}


async def test_what_the_tree_still_has_comes_back_and_what_it_has_not_is_told(place):
    (place.tree / "kept").write_bytes(b"kept" * 1000)
    await place.snapshot("p")
    packs = set(below(place, "data"))
    (place.tree / "gone").write_bytes(b"gone" * 1000)
    await place.snapshot("q")
    (place.tree / "gone").unlink()
    later = set(below(place, "data")) - packs
    for one in packs:  # every pack is damaged or lost: those of p can be made again
        flip(one)
    for one in later:
        one.unlink()
    index = below(place, "index")[0]
    index.chmod(0o600)
    index.write_bytes(index.read_bytes()[:50])
    with pytest.raises(BackupFailed) as failed:
        await place.backup("r")
    assert failed.value.fault.code == "repository_damaged"
    aside, lacking = await mended(place, "r")
    assert {Path(one).name for one in aside} == {one.name for one in (*packs, index)}
    assert lacking == {"p", "q"}  # p's manifest was of its moment
    assert {one.name for one in below(place, "damaged")} == {Path(one).name for one in aside}
    target = place.folder / "target"
    target.mkdir()
    snapshots = (await place.run("points"))["snapshots"]
    whole = next(one["id"] for one in snapshots if "point:r" in one["tags"])
    await place.run("restore", snapshot=whole, target=str(target))
    assert (target / "workspace" / "kept").read_bytes() == b"kept" * 1000


async def test_one_wrong_byte_costs_the_file_that_it_is_in_and_no_other(place):
    contents = {name: os.urandom(400_000) for name in ("one", "other")}
    for name, content in contents.items():
        (place.tree / name).write_bytes(content)
    snapshot = await place.snapshot("p")
    for name in contents:
        (place.tree / name).unlink()
    pack = max(below(place, "data"), key=lambda one: one.stat().st_size)
    data = bytearray(pack.read_bytes())
    data[len(data) // 4] ^= 1  # of a file: what records links and holes is short
    pack.chmod(0o600)
    pack.write_bytes(data)
    aside, lacking = await mended(place, "q")
    assert ([Path(one).name for one in aside], lacking) == ([pack.name], {"p"})

    async def read(name: str) -> bytes:
        words = {"snapshot": snapshot, "path": f"workspace/{name}", "archive": ""}
        stream = place.restic.stream("export", KEY, place.repository, **words)
        return b"".join([chunk async for chunk in stream])

    there = []
    for name, content in contents.items():
        try:
            assert await read(name) == content
        except BackupFailed:
            continue
        there.append(name)
    assert len(there) == 1


async def test_without_its_config_everything_is_read_again(place):
    (place.tree / "a").write_text("a")
    await place.snapshot("p")
    (place.repository / "config").unlink()
    with pytest.raises(BackupFailed) as failed:
        await place.backup("q")
    assert failed.value.fault.code == "repository_damaged"
    assert await mended(place, "q") == ([], set())
    assert len((await place.run("points"))["snapshots"]) == 2


async def test_without_its_key_it_begins_anew_beside_what_was(place):
    (place.tree / "a").write_text("a")
    await place.snapshot("p")
    flip(below(place, "keys")[0])
    aside, lacking = await mended(place, "q")
    assert (len(aside), lacking) == (1, set())
    assert len((await place.run("points"))["snapshots"]) == 1
    assert len(below(place, "damaged/snapshots")) == 1


async def test_another_master_key_is_no_damage(place):
    (place.tree / "a").write_text("a")
    await place.snapshot("p")
    before = {one: one.stat().st_mtime_ns for one in place.repository.rglob("*")}
    other = Repository(WORKSPACE, "cd" * 32)
    with pytest.raises(BackupFailed) as failed:
        await place.restic.run("repair", other, place.repository, place.told.append, writes=True)
    assert failed.value.fault.code == "repository_key"
    assert {one: one.stat().st_mtime_ns for one in place.repository.rglob("*")} == before
    assert await place.run("points")
    (place.repository / "config").unlink()  # nor is it, where there is damage as well
    with pytest.raises(BackupFailed) as failed:
        await place.restic.run("repair", other, place.repository, place.told.append, writes=True)
    assert failed.value.fault.code == "repository_key"
    assert below(place, "damaged") == []
    assert KEY.key != other.key
