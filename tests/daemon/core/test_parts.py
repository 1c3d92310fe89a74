"""What a first tree is made of."""

import pytest

from daemon.core.orders import prepare_order
from daemon.core.parts import Part, parts_of, spelled
from tests.daemon.core.test_downloads import DIGEST, URL
from tests.daemon.core.test_orders import PREPARE

FILES = [(URL, "a", DIGEST)]


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ({}, (Part.CLONE,)),
        ({"downloads": FILES}, (Part.CLONE, Part.DOWNLOAD)),
        ({"snapshot": "s1"}, (Part.THAW,)),
        ({"snapshot": "s1", "downloads": FILES}, (Part.THAW, Part.DOWNLOAD)),
        ({"prebuild": "p1"}, (Part.THAW, Part.CLONE, Part.RENEW)),
        ({"prebuild": "p1", "downloads": FILES}, (*Part.__members__.values(),)),
    ],
)
def test_parts_have_an_order(more, parts):
    found = parts_of(prepare_order(**PREPARE, **more))
    assert sorted(found) == sorted(parts)
    assert found[-1] is (Part.DOWNLOAD if "downloads" in more else found[-1])
    assert len(found) == len(set(found))


def test_one_among_several_is_told_by_its_place():
    assert spelled((Part.CLONE,), Part.CLONE, "cloning") == "cloning"
    both = (Part.CLONE, Part.DOWNLOAD)
    assert spelled(both, Part.DOWNLOAD, "downloading files") == "2 of 2: downloading files"
