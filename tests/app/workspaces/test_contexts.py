from app.workspaces.contexts import detail_context, list_context, start_context
from app.workspaces.preview import Recent
from tests.app.workspaces.control import HOSTS
from tests.app.workspaces.test_looks import view
from wire.phases import Phase


def test_the_list_has_its_groups_and_what_was_opened_last():
    recent = [Recent("https://h.org/a/b", "h.org/a/b")]
    context = list_context([view(), view(Phase.STOPPED, "x")], recent)
    assert [one.title for one in context.groups] == ["Running", "Stopped"]
    assert context.recent == recent
    assert context.digest == list_context([view(), view(Phase.STOPPED, "x")], []).digest


def test_a_workspaces_page_tells_how_a_ports_address_looks():
    context = detail_context(view(name="amber-otter-0000000000"), [], HOSTS)
    assert context.port_url == "http://<port>-amber-otter-0000000000.ws.localhost:8080"


def test_a_start_asks_for_its_ide_early_while_it_is_on_its_way():
    starting, there = view(Phase.CREATING), view()
    assert start_context(starting, [], None, opens=True).open_url.endswith("/.podium/open?to=/")
    assert start_context(starting, [], None).open_url == "", "nothing real runs"
    assert start_context(there, [], None, opens=True).open_url == ""
