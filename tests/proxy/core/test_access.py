"""Who may pass: every kind of request against every kind of credential and cause."""

import pytest

from proxy.core.access import MOST_CHECKS, Verdict, decide, is_navigation, is_preflight, wants_page
from tests.proxy.world import (
    FOREIGN,
    IDE,
    NOW,
    OPEN_PORT,
    OTHER,
    PORT,
    SELF,
    TAB,
    WORKSPACE,
    head,
    ide_cookie,
    make_route,
    make_table,
    make_world,
    ports_cookie,
    upgrade,
)
from wire.tokens import GRANT_LIFETIME

OWN_PAGE = f"http://{PORT}"
IDE_PAGE = f"http://{IDE}"
DASHBOARD = "http://podium.localhost:8080"
WEBVIEW = "http://v--sr1o1nu24nqdf809l0u27jk5t7.ws.localhost:8080"
FRAMED = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Site": "same-site",
}


def verdict(request, *routes, fresh=True, now=NOW, sessions=None):
    world = make_world(table=make_table(*routes, sessions=sessions))
    host = world.rules.host(request.authority)
    found = world.table.routes.get(host.workspace)
    return decide(world.rules, request, host, found, fresh=fresh, now=now)


def ask(host=PORT, cookie="", method="GET", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head("/", host, method, {**({"Cookie": cookie} if cookie else {}), **named})


# --- without a grant ---


def test_a_person_without_a_grant_is_sent_to_the_dashboard():
    assert verdict(ask(IDE, **TAB)).verdict is Verdict.HANDOVER
    assert verdict(ask(PORT, **TAB)).verdict is Verdict.HANDOVER
    assert verdict(ask(PORT, Accept="text/html")).verdict is Verdict.HANDOVER


@pytest.mark.parametrize(
    "headers", [{}, SELF, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}]
)
@pytest.mark.parametrize("host", [IDE, PORT])
def test_everything_else_without_a_grant_is_unauthenticated(host, headers):
    assert verdict(ask(host, **headers)).verdict is Verdict.UNAUTHENTICATED
    assert verdict(ask(host, method="POST", **headers)).verdict is Verdict.UNAUTHENTICATED
    assert verdict(ask(host, **upgrade(f"http://{host}"))).verdict is Verdict.UNAUTHENTICATED


@pytest.mark.parametrize("headers", [TAB, SELF, {}])
def test_a_stranger_cannot_tell_whether_a_workspace_exists(headers):
    unknown = PORT.replace(WORKSPACE, "blue-crane-0123456789")
    assert verdict(ask(PORT, **headers)).verdict is verdict(ask(unknown, **headers)).verdict


# --- what a grant is worth ---


def test_a_grant_of_the_workspace_passes():
    assert verdict(ask(PORT, ports_cookie(), **SELF)).verdict is Verdict.PASS
    assert verdict(ask(IDE, ide_cookie(), **SELF)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "cookie",
    [
        ports_cookie(workspace=OTHER),
        ports_cookie(issued=int(NOW) - GRANT_LIFETIME - 3600),
        ports_cookie(issued=int(NOW) + 3600),
        ports_cookie(epoch=1),
        ports_cookie(user="eve"),
        ports_cookie()[:-4] + "AAAA",
        ide_cookie(),
        "podium_ports=1",
    ],
    ids=["other", "old", "future", "epoch", "user", "forged", "scope", "nonsense"],
)
def test_a_grant_that_does_not_hold_is_none(cookie):
    assert verdict(ask(PORT, cookie, **SELF)).verdict is Verdict.UNAUTHENTICATED


def test_a_ports_grant_never_opens_the_ide():
    stolen = ports_cookie().partition("=")[2]
    cookie = f"{ide_cookie().partition('=')[0]}={stolen}"
    assert verdict(ask(IDE, cookie, **SELF)).verdict is Verdict.UNAUTHENTICATED


def test_an_ended_session_takes_its_grants_with_it():
    ended = verdict(ask(PORT, ports_cookie(), **SELF), sessions={"s1": int(NOW)})
    assert ended.verdict is Verdict.UNAUTHENTICATED


def test_a_cookie_that_somebody_else_set_does_not_hide_the_right_one():
    both = f"{ports_cookie(workspace=OTHER)}; {ports_cookie(user='eve')}; {ports_cookie()}"
    assert verdict(ask(PORT, both, **SELF)).verdict is Verdict.PASS


def test_a_flood_of_cookies_does_not_hide_the_right_one():
    flood = [ports_cookie(user=f"eve{number}") for number in range(35)]
    cookies = "; ".join([*flood, "podium_port_abc123_x=y", ports_cookie(), *flood])
    assert verdict(ask(PORT, cookies, **SELF)).verdict is Verdict.PASS


def test_of_forged_cookies_some_are_checked_with_each_request():
    name, _, right = ports_cookie().partition("=")
    claims, _, signature = right.partition(".")
    forged = [f"{name}={claims}.{number:04d}{signature[4:]}" for number in range(3 * MOST_CHECKS)]
    world = make_world(table=make_table())
    request = ask(PORT, "; ".join([*forged, f"{name}={right}"]), **SELF)
    host = world.rules.host(PORT)
    found = world.table.routes[WORKSPACE]
    passed = [
        decide(world.rules, request, host, found, fresh=True, now=NOW).verdict is Verdict.PASS
        for _ in range(5)
    ]
    assert passed == [False, False, False, True, True]


@pytest.mark.parametrize("odd", ["http://[", "http://]:8080", "http://a\u2100b", "http://[::1"])
def test_an_address_that_nobody_can_read_is_nobodys(odd):
    for headers in ({"Origin": odd}, {"Referer": odd, "Sec-Fetch-Site": "same-origin"}):
        asked = ask(PORT, ports_cookie(), **headers)
        assert verdict(asked).verdict is Verdict.FORBIDDEN


def test_long_addresses_of_strangers_are_not_kept():
    world = make_world()
    for number in range(10):
        long = f"http://{number}.{'x' * 10_000}"
        assert world.rules.page_of(long, WORKSPACE) == ""
        assert world.rules.page_of(f"http://{PORT}/{number}", WORKSPACE) == f"http://{PORT}"
    assert world.rules._parse_origin.cache_info().currsize == 1


def test_the_proof_names_who_it_was():
    passed = verdict(ask(PORT, ports_cookie(), **SELF))
    assert (passed.bearer.user, passed.bearer.role) == ("ada", "owner")
    assert verdict(ask(OPEN_PORT)).bearer.role == "anonymous"


# --- who caused the request: cookies alone prove nothing ---


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": OWN_PAGE},
        {"Origin": IDE_PAGE, "Sec-Fetch-Site": "same-site"},
        {"Origin": f"http://8000-{WORKSPACE}.ws.localhost:8080"},
        {"Referer": f"{OWN_PAGE}/page?x=1"},
        {"Referer": f"{IDE_PAGE}/"},
        {**FRAMED, "Referer": f"{IDE_PAGE}/"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        TAB,
        {**TAB, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_the_workspace_and_people_may_use_a_grant(headers):
    assert verdict(ask(PORT, ports_cookie(), **headers)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": FOREIGN},
        {"Origin": FOREIGN, "Sec-Fetch-Site": "same-site"},
        {"Origin": FOREIGN, "Referer": f"{OWN_PAGE}/"},
        {"Origin": DASHBOARD},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": f"https://{PORT}"},
        {"Origin": f"http://{PORT}.evil.example"},
        {"Referer": f"{FOREIGN}/"},
        {"Referer": f"{FOREIGN}/", "Sec-Fetch-Site": "same-site"},
        {"Referer": f"https://evil.example/{OWN_PAGE}"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        FRAMED,
        {**FRAMED, "Referer": f"{FOREIGN}/"},
        {**FRAMED, "Referer": f"http://{OTHER}.ws.localhost:8080/"},
        {**FRAMED, "Referer": f"{DASHBOARD}/"},
        {**FRAMED, "Referer": f"{WEBVIEW}/"},
        {"Origin": WEBVIEW},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_nobody_else_may(headers):
    told = verdict(ask(PORT, ports_cookie(), **headers))
    assert told.verdict is Verdict.FORBIDDEN
    assert told.why


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_tab_that_posts_needs_a_page_of_the_workspace(method):
    assert verdict(ask(PORT, ports_cookie(), method, **TAB)).verdict is Verdict.FORBIDDEN
    own = {**TAB, "Origin": OWN_PAGE}
    assert verdict(ask(PORT, ports_cookie(), method, **own)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (OWN_PAGE, Verdict.PASS),
        (IDE_PAGE, Verdict.PASS),
        (FOREIGN, Verdict.FORBIDDEN),
        (DASHBOARD, Verdict.FORBIDDEN),
        ("null", Verdict.FORBIDDEN),
        ("", Verdict.FORBIDDEN),
    ],
)
def test_a_websocket_is_known_by_its_origin_alone(origin, expected):
    asked = ask(PORT, ports_cookie(), Referer=f"{OWN_PAGE}/", **upgrade(origin))
    assert verdict(asked).verdict is expected


# --- preflights come without credentials ---


def preflight(origin, host=PORT):
    wishes = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    return head("/", host, "OPTIONS", wishes)


def test_a_preflight_of_the_same_workspace_is_answered():
    assert is_preflight(preflight(IDE_PAGE))
    told = verdict(preflight(IDE_PAGE))
    assert (told.verdict, told.initiator) == (Verdict.PREFLIGHT, IDE_PAGE)


@pytest.mark.parametrize("origin", [FOREIGN, DASHBOARD, "https://evil.example", "null"])
def test_a_preflight_of_anybody_else_is_not(origin):
    assert verdict(preflight(origin)).verdict is Verdict.FORBIDDEN


# --- public ports ---


@pytest.mark.parametrize(
    "headers", [{}, TAB, {"Origin": "https://anywhere.example"}, upgrade("https://a.example")]
)
def test_a_public_port_is_everybodys(headers):
    assert verdict(ask(OPEN_PORT, **headers)).verdict is Verdict.PASS


def test_nothing_is_public_while_the_table_is_stale():
    assert verdict(ask(OPEN_PORT, **SELF), fresh=False).verdict is Verdict.UNAUTHENTICATED
    owner = verdict(ask(OPEN_PORT, ports_cookie(), **SELF), fresh=False)
    assert owner.verdict is Verdict.PASS


def test_the_ide_is_never_public():
    route = make_route()
    assert verdict(ask(IDE), route).verdict is Verdict.UNAUTHENTICATED


# --- a page or JSON ---


def test_what_is_shown_to_a_person_is_a_page():
    frame = head(headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"})
    assert (is_navigation(frame), wants_page(frame)) == (False, True)
    assert is_navigation(head(headers=TAB))
    assert not is_navigation(head(method="POST", headers=TAB))
    assert not is_navigation(head(headers={**TAB, **upgrade(OWN_PAGE)}))
    assert not wants_page(head(headers=SELF))
    assert not is_navigation(head(headers={"Accept": "text/html", "Origin": OWN_PAGE}))
