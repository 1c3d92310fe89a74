"""The icon of an IDE's tab."""

from pathlib import Path

import pytest

from proxy.core.icons import icon
from proxy.core.replies import Reply
from tests.proxy.core.test_routing import owner, planned
from tests.proxy.world import IDE, PORT, head, make_route, make_world
from wire.phases import Phase

IMAGES = Path(__file__).resolve().parents[3] / "frontend/static/img"


@pytest.mark.parametrize("state", ["running", "starting", "stopping", "stopped"])
def test_it_is_the_dashboards(state: str):
    phase = Phase.CREATING if state == "starting" else Phase(state)
    assert icon(phase).decode() == (IMAGES / f"icon-{state}.svg").read_text().strip()


@pytest.mark.parametrize(
    "path",
    ["/favicon.ico", "/_static/src/browser/media/favicon-dark-support.svg"],
)
@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.STOPPED])
def test_an_ides_host_answers_with_the_state(path: str, phase: Phase):
    reply = planned(owner(path, IDE), make_world(make_route(phase=phase)))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (200, icon(phase))
    assert (b"cache-control", b"no-store") in reply.headers


def test_a_ports_icon_is_its_servers_and_strangers_see_none():
    assert not isinstance(planned(owner("/favicon.ico", PORT)), Reply)
    reply = planned(head("/favicon.ico", IDE))
    assert isinstance(reply, Reply)
    assert reply.status != 200
