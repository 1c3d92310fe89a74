"""Signing in and out over HTTP: fixation, rotation, open redirects, guessing."""

import pytest

from app.accounts.limits import TRIES, WINDOW
from app.runtime.publish import RouteFeed
from tests.app.browser import Browser
from tests.app.server import DASHBOARD, Server


async def test_a_link_sets_a_cookie_that_only_our_host_gets(browser: Browser) -> None:
    reply = await browser.use_link(await browser.new_link())
    cookie = reply.headers["set-cookie"]
    tag = browser.server.settings.layout.tag
    assert cookie.startswith(f"__Host-podium_session_{tag}=")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    assert reply.headers["cache-control"] == "no-store"
    assert (await browser.go("/")).status_code == 200


async def test_a_link_works_once(browser: Browser, server: Server) -> None:
    token = await browser.new_link()
    assert (await browser.use_link(token)).status_code == 200
    reply = await Browser(server).use_link(token)
    assert (reply.status_code, reply.json()["code"]) == (403, "link_used")
    assert "set-cookie" not in reply.headers


async def test_a_link_expires(browser: Browser, server: Server) -> None:
    token = await browser.new_link()
    server.clock.advance(601)
    assert (await browser.use_link(token)).json()["code"] == "link_expired"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/new?url=x", "/new?url=x"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nset-cookie: a=b", "/"),
    ],
)
async def test_it_leads_on_to_paths_of_ours_only(browser: Browser, asked: str, given: str) -> None:
    reply = await browser.use_link(await browser.new_link(), asked)
    assert reply.json() == {"next": given}


async def test_a_planted_cookie_is_never_the_session(browser: Browser) -> None:
    browser.cookie = "planted-by-somebody-else"
    await browser.use_link(await browser.new_link())
    assert browser.cookie != "planted-by-somebody-else"
    planted = Browser(browser.server)
    planted.cookie = "planted-by-somebody-else"
    assert (await planted.go("/")).status_code == 303


async def test_signing_in_again_renews_the_token_and_voids_the_old(browser: Browser) -> None:
    await browser.sign_in()
    old = Browser(browser.server)
    old.cookie = browser.cookie
    await browser.use_link(await browser.new_link())
    assert browser.cookie != old.cookie
    assert (await browser.go("/")).status_code == 200
    assert (await old.go("/")).status_code == 303


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://x.ws.localhost"])
async def test_another_site_cannot_sign_a_browser_in(browser: Browser, origin: str) -> None:
    token = await browser.new_link()
    reply = await browser.use_link(token, origin=origin)
    assert (reply.status_code, reply.json()["code"]) == (403, "cross_origin")
    assert (await browser.use_link(token)).status_code == 200


async def test_guessing_is_slowed_down_by_client(browser: Browser, server: Server) -> None:
    guesser = {"x-forwarded-for": "192.0.2.1"}
    for _ in range(TRIES):
        assert (await browser.use_link("guess", **guesser)).status_code == 403
    reply = await browser.use_link("guess", **guesser)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "60")
    assert (await browser.use_link(await browser.new_link())).status_code == 200
    server.clock.advance(WINDOW + 1)
    assert (await browser.use_link("guess", **guesser)).status_code == 403


@pytest.mark.parametrize("body", [{}, {"token": 1}, {"token": "x" * 5000}, {"token": "x", "a": 1}])
async def test_an_odd_body_is_refused(server: Server, body: dict[str, object]) -> None:
    reply = await server.public.post("/auth/link", json=body, headers={"origin": DASHBOARD})
    assert reply.status_code == 400


async def test_sign_out_ends_the_session_everywhere(browser: Browser, server: Server) -> None:
    await browser.sign_in()
    async with browser.live("view=list") as socket:
        assert (await socket.next())["type"] == "websocket.accept"
        await socket.next()
        reply = await browser.act("/auth/sign-out")
        assert reply.status_code == 204
        assert reply.headers["hx-redirect"] == "/sign-in"
        cleared = reply.headers["set-cookie"].lower()
        assert cleared.startswith("__host-podium_session_")
        assert {"max-age=0", "secure", "path=/"} <= {p.strip() for p in cleared.split(";")}
        closed = await socket.next()
        assert (closed["type"], closed["code"]) == ("websocket.close", 4401)
    feed: RouteFeed = server.app.state.feed
    assert list(feed.snapshot().sessions.values()) == [int(server.clock.now())]
    assert (await browser.go("/")).status_code == 303


async def test_an_api_token_has_no_session_to_end(server: Server) -> None:
    reply = await server.public.post("/auth/sign-out", headers=server.bearer)
    assert (reply.status_code, reply.json()["code"]) == (403, "no_session")


async def test_tokens_for_programs_are_minted_inside_only(server: Server) -> None:
    body = {"name": "cli"}
    minted = (await server.internal.post("/internal/tokens", json=body)).json()["token"]
    headers = {"authorization": f"Bearer {minted}"}
    assert (await server.public.get("/api/v1/workspaces", headers=headers)).status_code == 200
    await server.internal.post("/internal/tokens", json=body)
    assert (await server.public.get("/api/v1/workspaces", headers=headers)).status_code == 401
    for client in (server.public, server.agent):
        assert (await client.post("/internal/tokens", json=body)).status_code == 404
        assert (await client.post("/internal/login-links")).status_code == 404
