import pytest

from proxy.core.reachable import reachable
from tests.proxy.world import WORKSPACE, make_route
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import IdeHost, PortHost
from wire.phases import Phase

IDE, PORT = IdeHost(WORKSPACE), PortHost(WORKSPACE, 3000)


@pytest.mark.parametrize(
    ("phase", "early", "late"),
    [
        (Phase.CREATING, False, False),
        (Phase.INITIALIZING, True, False),
        (Phase.RUNNING, True, True),
        (Phase.STOPPED, False, False),
    ],
)
def test_ports_and_supervisor_answer_before_the_ide(phase, early, late):
    route = make_route(phase=phase)
    assert reachable(route, PORT, 3000) is early
    assert reachable(route, IDE, SUPERVISOR_PORT) is early
    assert reachable(route, IDE, IDE_PORT) is late
    assert not reachable(make_route(phase=phase, target=None), IDE, IDE_PORT)
