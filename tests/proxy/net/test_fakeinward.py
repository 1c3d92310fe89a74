"""What the fake alone has; the rest is the contract's (test_inward)."""

import pytest

from proxy.core.commands import Way
from proxy.net.dial import UnreachableError
from proxy.net.fakeinward import FakeInward
from proxy.net.upstream import Wire
from wire.routes import NodeTarget


@pytest.mark.parametrize("way", list(Way))
async def test_every_way_can_be_had(way: Way) -> None:
    made = FakeInward()
    made.ports["w.1", 3000] = way
    with pytest.raises(UnreachableError) as caught:
        await made.connect(Wire, NodeTarget(instance="w.1"), 3000)
    assert caught.value.way is way
    made.close()
