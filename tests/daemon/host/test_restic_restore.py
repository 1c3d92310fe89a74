"""A point comes back as it was, into an empty folder."""

import pytest

from daemon.core.faults import BackupFailed
from tests.daemon.oddtree import differences, fields, grow

pytestmark = pytest.mark.root


@pytest.mark.parametrize("seed", [11, 12])
async def test_an_odd_tree_comes_back_to_the_last_field(place, seed):
    grow(place.tree, seed, count=150)
    grow(place.home, seed + 100, count=20)
    before = fields(place.tree), fields(place.home)
    snapshot = await place.snapshot("p")
    target = place.folder / "target"
    target.mkdir(mode=0o700)
    answer = await place.run("restore", snapshot=snapshot, target=str(target))
    assert answer["record"] == {"workspace": "amber-otter-4k2hw9xz1q"}
    assert differences(before[0], fields(target / "workspace")) == []
    assert differences(before[1], fields(target / "home" / "gitpod")) == []
    assert sorted(one.name for one in target.iterdir()) == ["home", "workspace"]


async def test_a_point_that_there_is_not(place):
    await place.snapshot("p")
    target = place.folder / "target"
    target.mkdir()
    with pytest.raises(BackupFailed):
        await place.run("restore", snapshot="0" * 64, target=str(target))
