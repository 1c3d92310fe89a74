"""Who a request comes from, and what a page of another site can do with the session: nothing."""

import pytest

from tests.app.browser import WORKSPACE, Browser
from tests.app.server import DASHBOARD, Server

WORKSPACE_ORIGIN = "http://amber-otter-0000000000.ws.localhost:8080"


@pytest.fixture(autouse=True)
async def signed_in(browser: Browser) -> None:
    await browser.sign_in()


async def test_the_dashboards_own_page_may_act(browser: Browser) -> None:
    workspace = await browser.create()
    assert (await browser.act(f"/workspaces/{workspace}/stop")).status_code == 204


@pytest.mark.parametrize(
    "sender",
    [
        {"origin": WORKSPACE_ORIGIN, "sec_fetch_site": "same-site"},
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"origin": "null"},
        {"origin": DASHBOARD.replace("8080", "8081")},
        {"origin": "", "sec_fetch_site": "same-site"},
        {"origin": "", "sec_fetch_site": "none"},
        {"origin": "", "sec_fetch_site": ""},
    ],
)
async def test_another_sites_page_may_not(browser: Browser, sender: dict[str, str]) -> None:
    workspace = await browser.create()
    reply = await browser.act(f"/workspaces/{workspace}/stop", **sender)
    assert reply.status_code == 403
    assert "cross_origin" in reply.text


async def test_the_csrf_token_is_needed_as_well(browser: Browser, server: Server) -> None:
    workspace = await browser.create()
    other = Browser(server)
    await other.sign_in()
    assert other.csrf != browser.csrf
    for token in ("", "x", other.csrf):
        reply = await browser.act(f"/workspaces/{workspace}/stop", x_csrf_token=token)
        assert reply.status_code == 403
        assert "csrf_missing" in reply.text


async def test_the_json_api_asks_the_same_of_a_cookie(browser: Browser, server: Server) -> None:
    headers = {**browser.cookies, "sec-fetch-site": "same-origin"}
    post = server.public.post
    assert (await post("/api/v1/workspaces", json=WORKSPACE, headers=headers)).status_code == 403
    headers["x-csrf-token"] = browser.csrf
    assert (await post("/api/v1/workspaces", json=WORKSPACE, headers=headers)).status_code == 201
    headers["origin"] = WORKSPACE_ORIGIN
    assert (await post("/api/v1/workspaces", json=WORKSPACE, headers=headers)).status_code == 403


async def test_reading_from_another_site_is_refused(browser: Browser, server: Server) -> None:
    for headers in (
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "origin": WORKSPACE_ORIGIN},
        {},
    ):
        reply = await server.public.get(
            "/api/v1/workspaces", headers={**browser.cookies, **headers}
        )
        assert reply.status_code == 403


async def test_a_navigation_from_anywhere_is_fine(browser: Browser) -> None:
    assert (await browser.go("/", **{"sec-fetch-site": "cross-site"})).status_code == 200


async def test_without_a_credential_pages_lead_to_sign_in_and_the_api_says_401(
    browser: Browser, server: Server
) -> None:
    browser.cookie = ""
    reply = await browser.go("/new?url=https://h.org/a/b")
    assert reply.status_code == 303
    assert reply.headers["location"] == ("/sign-in?next=%2Fnew%3Furl%3Dhttps%3A%2F%2Fh.org%2Fa%2Fb")
    reply = await server.public.get("/api/v1/workspaces")
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"


async def test_an_action_of_a_signed_out_page_leads_back_to_the_page(browser: Browser) -> None:
    browser.cookie = ""
    for current, place in (
        (f"{DASHBOARD}/workspaces/x-1?a=b", "%2Fworkspaces%2Fx-1%3Fa%3Db"),
        ("https://evil.example//evil", "%2F"),
        ("", "%2F"),
    ):
        reply = await browser.act("/workspaces/x-1/stop", hx_current_url=current)
        assert reply.status_code == 204
        assert reply.headers["hx-redirect"] == f"/sign-in?next={place}"


async def test_a_bearer_token_needs_no_origin_and_wins_over_the_cookie(
    browser: Browser, server: Server
) -> None:
    headers = {**server.bearer, **browser.cookies, "origin": WORKSPACE_ORIGIN}
    assert (await server.public.get("/api/v1/workspaces", headers=headers)).status_code == 200
    headers["authorization"] = "Bearer wrong"
    assert (await server.public.get("/api/v1/workspaces", headers=headers)).status_code == 401


async def test_a_session_dies_by_time(browser: Browser, server: Server) -> None:
    server.clock.advance(31 * 86400)
    assert (await browser.go("/")).status_code == 303


@pytest.mark.parametrize("origin", ["", "null", WORKSPACE_ORIGIN, "https://evil.example"])
async def test_a_websocket_with_a_cookie_needs_our_exact_origin(
    browser: Browser, origin: str
) -> None:
    async with browser.live("view=list", origin=origin) as socket:
        assert (await socket.next())["type"] == "websocket.close"


async def test_a_websocket_without_a_credential_is_refused(browser: Browser) -> None:
    browser.cookie = ""
    async with browser.live("view=list") as socket:
        assert (await socket.next())["type"] == "websocket.close"


async def test_a_websocket_of_the_dashboard_is_accepted(browser: Browser) -> None:
    async with browser.live("view=list") as socket:
        assert (await socket.next())["type"] == "websocket.accept"
