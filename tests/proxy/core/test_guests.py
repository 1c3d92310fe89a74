"""What a share link is worth: its one port, to nobody else's page, until its end."""

import pytest

from proxy.core import events
from proxy.core.access import Verdict, decide
from proxy.core.commands import Way
from tests.proxy.core.play import Play
from tests.proxy.world import (
    FOREIGN,
    IDE,
    NOW,
    OTHER,
    PORT,
    PORT_COOKIE,
    SELF,
    SHARE,
    SHARE_COOKIE,
    SHARE_ENDS,
    TAB,
    WORKSPACE,
    guest_cookie,
    head,
    make_route,
    make_share,
    make_table,
    make_world,
    ports_cookie,
    request,
    shares,
    upgrade,
)
from wire.phases import Phase

OWN_PAGE = PAGE = f"http://{PORT}"
DASHBOARD = "http://podium.localhost:8080"


def verdict(request, *routes, fresh=True, now=NOW):
    world = make_world(table=make_table(*routes))
    host = world.rules.host(request.authority)
    found = world.table.routes.get(host.workspace)
    return decide(world.rules, request, host, found, fresh=fresh, now=now)


def ask(host=PORT, cookie="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return head("/", host, headers={**({"Cookie": cookie} if cookie else {}), **named})


def shared(**changes) -> Play:
    return Play(make_world(make_route(**{"shares": shares(), **changes})))


SHARED = make_route(shares=shares())


def guest(request, route=SHARED, **options):
    return verdict(request, route, make_route(OTHER, shares=shares()), **options)


def test_a_guest_passes_on_the_one_port_in_every_way_a_page_asks():
    cookie = guest_cookie()
    for headers in (TAB, SELF, {"Origin": OWN_PAGE}, {"Referer": f"{OWN_PAGE}/x"}):
        found = guest(ask(PORT, cookie, **headers))
        assert (found.verdict, found.personal, found.grant) == (Verdict.PASS, True, None)
        assert found.share is not None
    assert guest(ask(PORT, cookie, **upgrade(OWN_PAGE))).verdict is Verdict.PASS
    assert guest(ask(PORT, cookie, **TAB)).bearer.role == "anonymous"


@pytest.mark.parametrize(
    "host",
    [
        IDE,
        f"3001-{WORKSPACE}.ws.localhost:8080",
        f"3000-{OTHER}.ws.localhost:8080",
        f"22999-{WORKSPACE}.ws.localhost:8080",
        f"23000-{WORKSPACE}.ws.localhost:8080",
    ],
)
def test_it_is_worth_nothing_on_any_other_host(host):
    cookie = guest_cookie()
    assert guest(ask(host, cookie, **SELF)).verdict is Verdict.UNAUTHENTICATED
    assert guest(ask(host, cookie, **TAB)).verdict in {Verdict.SHARE_ENDED, Verdict.HANDOVER}
    assert guest(ask(host, cookie, **upgrade(f"http://{host}"))).verdict is Verdict.UNAUTHENTICATED


@pytest.mark.parametrize(
    "cookie",
    [
        guest_cookie(share="ps_ffffffffffffffff"),
        guest_cookie(workspace=OTHER),
        guest_cookie(port=4000),
        guest_cookie(expires=int(NOW)),
        guest_cookie()[:-4] + "AAAA",
        f"{SHARE_COOKIE}=",
        f"{SHARE_COOKIE}=nonsense",
        ports_cookie().replace(ports_cookie().partition("=")[0], SHARE_COOKIE),
    ],
    ids=["unknown", "workspace", "port", "expired", "forged", "empty", "nonsense", "a grant"],
)
def test_what_does_not_count_lets_nobody_in_and_is_not_led_round(cookie):
    assert guest(ask(PORT, cookie, **SELF)).verdict is Verdict.UNAUTHENTICATED
    assert guest(ask(PORT, cookie, **TAB)).verdict is Verdict.SHARE_ENDED


def test_the_route_has_the_last_word():
    request = ask(PORT, guest_cookie(), **TAB)
    for route in (
        make_route(),
        make_route(shares=shares(port=4000)),
        make_route(shares=shares(expires=int(NOW))),
    ):
        assert guest(request, route).verdict is Verdict.SHARE_ENDED
    assert guest(request, now=SHARE_ENDS).verdict is Verdict.SHARE_ENDED
    assert guest(request, fresh=False).verdict is Verdict.SHARE_UNSURE


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": FOREIGN},
        {"Origin": DASHBOARD},
        {"Origin": "null"},
        {"Referer": f"{FOREIGN}/"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {},
        upgrade(FOREIGN),
        upgrade(""),
    ],
)
def test_no_page_of_others_can_use_it(headers):
    assert guest(ask(PORT, guest_cookie(), **headers)).verdict is Verdict.FORBIDDEN


def test_an_owner_who_opened_a_link_stays_the_owner():
    both = f"{guest_cookie(expires=1)}; {ports_cookie()}"
    found = guest(ask(PORT, both, **TAB))
    assert (found.verdict, found.share) == (Verdict.PASS, None)
    assert found.grant is not None


def test_any_valid_one_among_duplicates_lets_in():
    many = "; ".join([f"{SHARE_COOKIE}=x", guest_cookie(port=1), guest_cookie()])
    assert guest(ask(PORT, many, **SELF)).verdict is Verdict.PASS


# --- on the port ---


def test_user_code_sees_neither_the_cookie_nor_whose_it_is():
    play = shared()
    headers = {**TAB, "Cookie": f"a=1; {guest_cookie()}; {PORT_COOKIE}=old; b=2"}
    play.through(request("/x?y=1", PORT, headers=headers))
    assert play.told("cookie") == ["a=1; b=2"]
    told = play.to_upstream.decode()
    for secret in (SHARE, SHARE_COOKIE, make_share(), "podium"):
        assert secret not in told.replace("x-podium", "").replace(PORT, "")


def test_user_code_cannot_set_the_cookie():
    play = shared()
    play.through(request("/", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    play.answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: %b=x\r\n\r\n" % SHARE_COOKIE.encode()
    )
    assert play.sent("set-cookie") == ["a=1"]


def test_a_guests_line_names_the_link_and_nobody():
    play = shared()
    play.through(request("/", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    play.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert (play.records[0].share, play.records[0].user) == (SHARE, "")


def test_a_revoked_link_cuts_what_it_had_let_in():
    play = shared()
    headers = {**upgrade(PAGE), "Cookie": guest_cookie()}
    play.through(request("/ws", PORT, headers=headers))
    play.answer(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    assert play.relay is not None
    assert play.tell(events.Revoked())[-1] == "Abort"
    assert play.records[0].ended == "revoked"


def test_who_comes_with_an_ended_link_is_told_and_not_led_to_sign_in():
    play = shared(shares={})
    play.ask(request("/deep", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    assert (play.status, play.records[0].code) == (403, "share_ended")
    assert play.sent("set-cookie") == [
        f"{SHARE_COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax"
    ]
    assert f'href="{PAGE}/deep"' in play.to_client.decode(), "whoever has an account goes on here"
    play = shared(shares={})
    play.ask(request("/data", PORT, headers={**SELF, "Cookie": guest_cookie()}))
    assert (play.status, play.records[0].code) == (401, "unauthenticated")


def test_a_guest_keeps_the_cookie_while_nobody_says_which_links_count():
    play = shared()
    play.world.table.heard = float("-inf")
    play.ask(request("/", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    assert (play.status, play.records[0].code) == (503, "share_unsure")
    assert play.sent("set-cookie") == []
    assert play.sent("retry-after") == ["5"]


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.STOPPING, Phase.CREATING])
def test_a_guest_of_what_does_not_run_is_told_so_and_sent_nowhere(phase: Phase):
    play = shared(phase=phase, target=None)
    play.ask(request("/", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    assert play.status == 503
    page = play.to_client.decode()
    assert "podium.localhost" not in page, "the dashboard is nothing to a guest"
    owner = shared(phase=phase, target=None)
    owner.ask(request("/", PORT, headers={**TAB, "Cookie": ports_cookie()}))
    assert "podium.localhost" in owner.to_client.decode()


def test_a_guest_of_a_port_where_nothing_listens_is_not_sent_to_the_editor():
    play = shared()
    play.ask(request("/", PORT, headers={**TAB, "Cookie": guest_cookie()}))
    play.tell(events.NotOpened(Way.REFUSED))
    assert play.status == 502
    assert "href=" not in play.to_client.decode()
