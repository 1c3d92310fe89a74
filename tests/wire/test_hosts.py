"""The host grammar: a few hosts by hand, then every host that can be made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.hosts import (
    AssetsHost,
    DashboardHost,
    DebugHost,
    ForeignHost,
    Host,
    Hosts,
    IdeHost,
    LoopbackHost,
    PortHost,
    PreloadHost,
    RegistryHost,
)

ID = "amber-otter-4k2hw9xz1q"
LOCAL = Hosts.of("http://podium.localhost:8080", "localhost")
PUBLIC = Hosts.of("https://podium.example", "podium-content.example")

ids = st.from_regex(r"[0-9a-z]{2,16}-[0-9a-z]{2,16}-[0-9a-z]{8,11}", fullmatch=True)
installations = st.sampled_from([LOCAL, PUBLIC])


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("podium.localhost:8080", DashboardHost()),
        ("podium.localhost", DashboardHost()),
        ("PODIUM.LocalHost:8080", DashboardHost()),
        ("localhost:8080", LoopbackHost()),
        ("127.0.0.1:8080", LoopbackHost()),
        ("[::1]:8080", LoopbackHost()),
        (f"{ID}.ws.localhost:8080", IdeHost(ID)),
        (f"3000-{ID}.ws.localhost:8080", PortHost(ID, 3000)),
        (f"debug-{ID}.ws.localhost:8080", DebugHost(ID)),
        (f"3000-debug-{ID}.ws.localhost:8080", DebugHost(ID, 3000)),
        ("debug-otter-4k2hw9xz1q.ws.localhost:8080", IdeHost("debug-otter-4k2hw9xz1q")),
        ("v--0a9v.ws.localhost:8080", ForeignHost("v--0a9v")),
        ("ide.localhost:8080", AssetsHost()),
        ("ws.localhost:8080", PreloadHost()),
        ("reg.localhost:8080", RegistryHost()),
    ],
)
def test_every_kind_of_host(authority: str, host: Host) -> None:
    assert LOCAL.parse(authority) == host


@pytest.mark.parametrize(
    "authority",
    [
        "",
        "podium.localhost:8081",
        "podium.localhost:",
        "podium.localhost:8080:8080",
        "podium.localhost.:8080",
        "evil.podium.localhost:8080",
        "podium.localhost.evil.example:8080",
        f"{ID}.localhost:8080",
        f"{ID}.ws.localhost.:8080",
        f"x.{ID}.ws.localhost:8080",
        f"{ID}x.ws.localhost.evil:8080",
        f"0-{ID}.ws.localhost:8080",
        f"03000-{ID}.ws.localhost:8080",
        f"65536-{ID}.ws.localhost:8080",
        f"-1-{ID}.ws.localhost:8080",
        f"3000-4000-{ID}.ws.localhost:8080",
        f"debug-3000-{ID}.ws.localhost:8080",
        f"debug-debug-{ID}.ws.localhost:8080",
        f"0-debug-{ID}.ws.localhost:8080",
        f"65536-debug-{ID}.ws.localhost:8080",
        "debug-.ws.localhost:8080",
        "v--.ws.localhost:8080",
        "v--z.ws.localhost:8080",
        f"v--{'a' * 60}.ws.localhost:8080",
        f"user@{ID}.ws.localhost:8080",
        f"{ID}.ws.localhost:8080/path",
        f" {ID}.ws.localhost:8080",
        f"{ID}.ws.localhost:8080\n",
        f"{ID}.ws.localhost:٨٠٨٠",
        "[::1",
        "127.0.0.2:8080",
    ],
)
def test_anything_else_names_nothing(authority: str) -> None:
    assert LOCAL.parse(authority) is None


def test_a_local_name_is_nothing_special_to_a_public_installation() -> None:
    assert PUBLIC.parse("podium.localhost") is None
    assert PUBLIC.parse(f"{ID}.ws.localhost") is None
    assert PUBLIC.parse("podium.example:443") == DashboardHost()
    assert PUBLIC.dashboard == "https://podium.example"
    assert PUBLIC.workspace_domain == "ws.podium-content.example"


@given(installations, ids, st.integers(1, 65535))
def test_what_is_spelled_is_read(hosts: Hosts, workspace: str, port: int) -> None:
    for origin, host in (
        (hosts.dashboard, DashboardHost()),
        (hosts.ide(workspace), IdeHost(workspace)),
        (hosts.port_of(workspace, port), PortHost(workspace, port)),
    ):
        assert hosts.parse_origin(origin) == host
        assert hosts.parse_origin(f"{origin}/a/path?with=query") == host
        assert hosts.parse(origin.partition("//")[2].upper()) == host


@given(installations, st.text(max_size=80))
def test_any_text_parses_or_does_not(hosts: Hosts, text: str) -> None:
    hosts.parse(text)


@given(installations, ids, st.text(alphabet="abc.-:@/\\%\x00 0", min_size=1, max_size=6))
def test_nothing_can_be_put_around_a_workspace_host(hosts: Hosts, one: str, more: str) -> None:
    authority = hosts.ide(one).partition("//")[2]
    found = hosts.parse(more + authority)
    # what stands before may make it another id or port, but never this workspace
    assert not isinstance(found, IdeHost) or found.workspace == (more + authority).partition(".")[0]
    assert hosts.parse(authority + more) is None or more.strip("0") == ""


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        f"https://{ID}.ws.localhost:8080",
        f"http://{ID}.ws.localhost",
        f"ws://{ID}.ws.localhost:8080",
        f"//{ID}.ws.localhost:8080",
        f"{ID}.ws.localhost:8080",
        f"http://user@{ID}.ws.localhost:8080",
        "http://[::1]",
    ],
)
def test_another_scheme_or_port_is_another_origin(origin: str) -> None:
    assert LOCAL.parse_origin(origin) is None


@pytest.mark.parametrize(
    "base", ["podium.localhost", "ftp://x", "http://", "http://x/path", "http://x:port"]
)
def test_a_base_url_is_an_origin(base: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Hosts.of(base, "localhost")


def test_a_name_of_ours_as_an_origin() -> None:
    assert Hosts.of("https://a.example", "b.example").origin("x.ws.b.example") == (
        "https://x.ws.b.example"
    )
    assert Hosts.of("http://a.example:81", "b.example").origin("a.example") == "http://a.example:81"
