"""Beginning, taking over from a killed one, and taking points out."""

import os

import pytest

from tests.daemon.restics import KEY

pytestmark = pytest.mark.root


async def test_what_a_killed_restic_has_left_is_no_hindrance(place):
    (place.tree / "a").write_text("a")
    await place.repositories.start(KEY)
    (place.repository / "locks" / ("0" * 64)).write_text("{}")
    half = place.repository / "data" / "00" / ("1" * 64 + "-tmp-123")
    half.write_text("half")
    assert (await place.backup("p"))["summary"]["files_new"] == 2  # with the manifest
    assert not half.exists()
    assert list((place.repository / "locks").iterdir()) == []


async def test_what_only_a_removed_point_needs_goes_with_it(place):
    (place.tree / "a").write_bytes(os.urandom(2 << 20))
    first = await place.snapshot("p")
    (place.tree / "a").write_text("b")
    second = await place.snapshot("q")
    before = place.repositories.size("amber-otter-4k2hw9xz1q")
    answer = await place.run("forget", snapshots=[first, "0" * 64], verified=[], writes=True)
    assert place.repositories.listed("amber-otter-4k2hw9xz1q") == {second}
    assert place.repositories.size("amber-otter-4k2hw9xz1q") < before - 500_000
    packs = {one.name for one in (place.repository / "data").rglob("*") if one.is_file()}
    assert packs <= set(answer["verified"])
