"""What is remembered for all requests names the same as what is spelled anew."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.grants import Grants
from proxy.core.rules import Rules
from proxy.core.table import Table
from tests.proxy.world import HOSTS, OTHER, WORKSPACE
from wire.hosts import IdeHost, PortHost
from wire.tokens import port_cookie

RULES = Rules(HOSTS, "tag", Grants(Table()))


def test_each_workspace_has_its_own_cookie_and_ancestors() -> None:
    for workspace in (WORKSPACE, OTHER, WORKSPACE):
        assert RULES.port_cookie(workspace) == port_cookie("tag", workspace)
        ide = HOSTS.ide(workspace)
        port = HOSTS.port_of(workspace, 3000)
        assert RULES.ancestors(workspace, "") == f"'self' {ide}"
        assert RULES.ancestors(workspace, ide) == f"'self' {ide}"
        assert RULES.ancestors(workspace, port) == f"'self' {ide} {port}"


def test_a_page_is_one_of_the_workspace_or_nobody() -> None:
    ide, port = HOSTS.ide(WORKSPACE), HOSTS.port_of(WORKSPACE, 3000)
    assert RULES.page_of(f"{port}/a/b?c", WORKSPACE) == port
    assert RULES.page_of(ide, WORKSPACE) == ide
    assert RULES.page_of(ide, OTHER) == ""
    assert RULES.page_of(f"{ide}{'x' * 400}", WORKSPACE) == ""
    assert RULES.origin_of(PortHost(WORKSPACE, 3000)) == port
    assert RULES.origin_of(IdeHost(WORKSPACE)) == ide


@given(st.text("htp:/.@?#a\\", max_size=16), st.sampled_from(["", HOSTS.ide(WORKSPACE)]))
def test_of_an_address_only_what_stands_before_its_path_is_read(text: str, before: str) -> None:
    for url in (before + text, text + before):
        origin = "/".join(url.split("/", 3)[:3])
        named = HOSTS.parse_origin(origin)
        ours = named if isinstance(named, IdeHost) and named.workspace == WORKSPACE else None
        assert RULES.page_of(url, WORKSPACE) == (HOSTS.ide(WORKSPACE) if ours else "")
