"""Properties of what reaches an upstream: hosts, headers and cookies of any kind."""

import re

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.commands import Upstream
from proxy.core.headers import cookie_name, request_headers, response_headers
from proxy.core.message import HOP_BY_HOP, RequestHead, ResponseHead
from tests.proxy.core.play import Play
from tests.proxy.core.streams import NAMES, VALUES
from tests.proxy.world import IDE, OPEN_PORT, OTHER, PORT, SELF, WORKSPACE, ports_cookie
from wire.hosts import PortHost
from wire.routes import NodeTarget
from wire.tokens import is_platform_cookie

AUTHORITIES = st.sampled_from([OPEN_PORT, PORT, IDE, "podium.localhost:8080", "ide.localhost:8080"])
CHANGES = st.lists(
    st.tuples(st.integers(0, 80), st.sampled_from(["", "0", "3", "-", ".", ":", "a", "@"])),
    max_size=2,
)


@given(AUTHORITIES, CHANGES, st.booleans())
def test_only_a_host_that_parses_leads_anywhere(authority, changes, upper):
    for at, put in changes:
        place = at % (len(authority) + 1)
        authority = authority[:place] + put + authority[place + 1 :]
    asked = authority.upper() if upper else authority
    play = Play()
    lines = [f"GET / HTTP/1.1\r\nHost: {asked}", f"Cookie: {ports_cookie()}"]
    lines += [f"{name}: {value}" for name, value in SELF.items()]
    play.ask("\r\n".join([*lines, "", ""]).encode())
    if not play.opened:
        return
    upstream = play.opened[0].upstream
    assert isinstance(upstream, Upstream)
    if isinstance(upstream.target, NodeTarget):
        host = play.world.rules.hosts.parse(authority)
        assert isinstance(host, PortHost)
        assert upstream.port == host.port
        assert upstream.target.instance in {f"{WORKSPACE}.1", f"{OTHER}.1"}
        assert upstream.target.instance.startswith(host.workspace)
    else:
        assert not authority.partition(".")[2].startswith("ws.")


OURS = st.sampled_from(
    [b"x-forwarded-for", b"x-real-ip", b"forwarded", b"x-podium-proof", b"x-request-id", b"expect",
     b"connection", b"te", b"transfer-encoding", b"content-length", b"upgrade", b"http2-settings",
     b"trailer", b"keep-alive", b"proxy-authorization", b"x-forwarded-host", b"host"]
)  # fmt: skip
SPOOFED = st.tuples(
    OURS.flatmap(lambda name: st.sampled_from([name, name.replace(b"-", b"_")])),
    st.sampled_from([b"forged", b"x-a, x-b", b"close, x-forwarded-for, host"]),
)
HEADERS = st.lists(st.tuples(NAMES, VALUES) | SPOOFED, max_size=8)


@given(HEADERS, st.booleans())
def test_nobody_outside_speaks_for_the_proxy_or_for_a_hop(headers, user_code):
    head = RequestHead("GET", "/", "a.example", [(b"host", b"a.example"), *headers])
    made = request_headers(head, "http", "192.0.2.7", "r-1", user_code=user_code)
    spoken = [
        (b"host", b"a.example"),
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", b"a.example"),
        (b"x-request-id", b"r-1"),
    ]
    assert [one for one in made if one in spoken] == spoken
    others = [key.replace(b"_", b"-") for key, _ in made if (key, _) not in spoken]
    forbidden = HOP_BY_HOP | {key for key, _ in spoken} | {b"expect", b"content-length"}
    assert forbidden.isdisjoint(others)
    assert not any(key.startswith((b"x-podium", b"x-real-ip", b"forwarded")) for key in others)


@given(HEADERS)
def test_what_nobody_forbids_passes_in_its_order(headers):
    head = RequestHead("GET", "/", "a.example", [(b"host", b"a.example"), *headers])
    named = {
        one.strip()
        for key, value in headers
        if key == b"connection"
        for one in value.lower().split(b",")
    }
    plain = [
        (key, value)
        for key, value in headers
        if key.startswith(b"x-")
        and key not in named
        and not re.match(rb"x-(forwarded|podium|real-ip|request-id|original|rewrite)", _dashed(key))
    ]
    made = request_headers(head, "http", "192.0.2.7", "r-1", user_code=True)
    assert [one for one in made if one in plain] == plain


def _dashed(key: bytes) -> bytes:
    return key.replace(b"_", b"-")


COOKIE_NAMES = st.sampled_from(
    ["a", "b", "podium_session_x", "__Host-podium_ide", "__Secure-podium_x", "podium", "Podium_a",
     "xpodium_a", "", "=podium_a", " podium_b"]
)  # fmt: skip
COOKIES = st.lists(
    st.tuples(COOKIE_NAMES, st.sampled_from(["=1", "==", '="a b"', "", "=podium_x"])), max_size=6
)


@given(COOKIES, st.sampled_from(["; ", ";", " ; ", ";;"]), st.integers(0, 6))
def test_platform_cookies_never_reach_user_code_and_others_do(cookies, glue, split):
    pairs = ["".join(one) for one in cookies]
    values = [glue.join(pairs[:split]).encode(), glue.join(pairs[split:]).encode()]
    head = RequestHead("GET", "/", "h", [(b"cookie", one) for one in values if one.strip(b"; ")])
    made = request_headers(head, "http", "192.0.2.7", "r-1", user_code=True)
    passed = [part.strip() for key, value in made if key == b"cookie" for part in value.split(b";")]
    named = [cookie_name(part) for part in passed]
    assert not any(is_platform_cookie(name) for name in named)
    expected = [
        part.strip().encode()
        for part in pairs
        if part.strip() and not is_platform_cookie(cookie_name(part.strip().encode()))
    ]
    assert [part for part in passed if part] == expected


@given(st.lists(st.tuples(COOKIE_NAMES, st.sampled_from(["=1", "=1; Path=/", ""])), max_size=5))
def test_user_code_never_sets_a_platform_cookie(cookies):
    headers = [(b"set-cookie", "".join(one).encode()) for one in cookies]
    made = response_headers(ResponseHead(200, b"", headers), user_code=True)
    left = [value for key, value in made if key == b"set-cookie"]
    assert not any(is_platform_cookie(cookie_name(value)) for value in left)
    assert left == [value for _, value in headers if not is_platform_cookie(cookie_name(value))]
