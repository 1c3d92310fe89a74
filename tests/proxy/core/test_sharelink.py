"""A guest with a share link: the page, the form, the password, the cookie, every refusal."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core import events
from proxy.core.commands import OpenShare
from proxy.core.sharelink import MOST_FORM, Form, read_form
from tests.proxy.core.play import Play
from tests.proxy.world import (
    FOREIGN,
    IDE,
    NOW,
    OTHER,
    PORT,
    SHARE_COOKIE,
    SHARE_ENDS,
    SHARE_TOKEN,
    TAB,
    WORKSPACE,
    make_grant,
    make_route,
    make_share,
    make_world,
    request,
    shares,
)
from wire.shares import SHARE_PATH

PAGE = f"http://{PORT}"
SUBMIT = {
    "Origin": PAGE,
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Content-Type": "application/x-www-form-urlencoded",
}
SECRET = "correct horse&battery=staple"


def form(host: str = PORT, headers: dict[str, str] | None = None, **fields: str) -> bytes:
    sent = {"token": SHARE_TOKEN, **fields}
    body = urlencode(sent).encode()
    return request(SHARE_PATH, host, "POST", {**SUBMIT, **(headers or {})}, body)


def shared(**changes) -> Play:
    return Play(make_world(make_route(**{"shares": shares(), **changes})))


def refusal(code: str) -> events.ShareRefused:
    return events.ShareRefused(code, "Title <b>", "Cause.", "Cure.")


# --- the page ---


def test_the_links_page_is_the_same_for_everybody_and_knows_nothing():
    pages = set()
    for host in (
        PORT,
        f"3000-{OTHER}.ws.localhost:8080",
        "1-blue-crane-0123456789.ws.localhost:8080",
    ):
        play = shared()
        play.ask(request(SHARE_PATH, host, headers=TAB))
        assert play.status == 200
        pages.add(play.to_client)
    assert len(pages) == 1
    page = pages.pop().decode()
    assert "cache-control: no-store" in page
    assert "cross-origin-opener-policy: same-origin" in page, "who opened it cannot reach into it"
    policy = next(line for line in page.split("\r\n") if line.startswith("content-security"))
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "referrer-policy: same-origin" in page


def test_it_is_a_ports_page_alone():
    play = shared()
    play.ask(request(SHARE_PATH, IDE, headers=TAB))
    assert play.status == 404
    play.ask(request(SHARE_PATH, PORT, "PUT", TAB))
    assert play.status == 404


# --- letting in ---


def test_a_token_is_asked_about_and_becomes_a_cookie_of_this_host():
    play = shared()
    assert play.ask(form(password=SECRET)) == ["OpenShare"]
    assert play.share == OpenShare(SHARE_TOKEN, WORKSPACE, 3000, SECRET)
    assert play.core.working
    assert play.tell(events.ShareOpened(make_share(), SHARE_ENDS)) == ["Send"]
    assert (play.status, play.sent("location")) == (303, ["/"])
    assert play.sent("referrer-policy") == ["no-referrer"]
    cookie = play.sent("set-cookie")[0]
    assert cookie.startswith(f"{SHARE_COOKIE}={make_share()}; Max-Age=3600; Path=/; ")
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie, "no other host gets it"
    play.ask(request("/", PORT, headers={**TAB, "Cookie": cookie.partition(";")[0]}))
    assert play.opened[0].upstream.port == 3000


def test_a_form_that_comes_byte_by_byte_is_the_same_form():
    play = shared()
    for at in range(len(form())):
        words = play.ask(form()[at : at + 1])
    assert words == ["OpenShare"]
    assert play.share == OpenShare(SHARE_TOKEN, WORKSPACE, 3000, "")


def test_the_next_request_on_the_connection_waits_for_its_turn():
    play = shared()
    assert play.ask(form() + request("/.podium/healthz", PORT)) == ["OpenShare", "HoldClient on"]
    words = play.tell(events.ShareOpened(make_share(), SHARE_ENDS))
    assert play.status == 200
    assert words[0] == "Send"


def test_neither_token_nor_password_is_written_down():
    play = shared()
    play.ask(form(password=SECRET))
    play.tell(events.ShareOpened(make_share(), SHARE_ENDS))
    line = str(play.records)
    assert SHARE_PATH in line
    for secret in (SHARE_TOKEN, SHARE_TOKEN[-40:], "horse", make_share()):
        assert secret not in line


def test_what_was_not_signed_for_this_port_never_reaches_the_server():
    for host, token in (
        (PORT, ""),
        (PORT, "x" * 4000),
        (PORT, SHARE_TOKEN[:-1]),
        (PORT, SHARE_TOKEN + "x"),
        (PORT, make_share()),
        (f"3001-{WORKSPACE}.ws.localhost:8080", SHARE_TOKEN),
        (f"3000-{OTHER}.ws.localhost:8080", SHARE_TOKEN),
    ):
        play = shared()
        play.ask(form(host, {"Origin": f"http://{host}"}, token=token))
        assert (play.status, play.records[0].code) == (400, "share_invalid")
        assert play.share is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": FOREIGN, "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://podium.localhost:8080", "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_other_page_can_have_a_browser_let_in(headers: dict[str, str]):
    play = shared()
    play.ask(form(headers=headers))
    assert (play.status, play.records[0].code) == (403, "initiator_refused")
    assert play.share is None


def test_a_form_without_a_known_cause_is_refused():
    play = shared()
    body = urlencode({"token": SHARE_TOKEN}).encode()
    play.ask(request(SHARE_PATH, PORT, "POST", {}, body))
    assert play.status == 403


def test_a_form_that_is_too_long_is_not_read_to_its_end():
    play = shared()
    play.ask(form(password="x" * MOST_FORM))
    assert play.status == 413
    play = shared()
    head = request(SHARE_PATH, PORT, "POST", {**SUBMIT, "Transfer-Encoding": "chunked"})
    play.ask(head + b"1001\r\n" + b"x" * 0x1001)
    assert (play.status, play.share) == (413, None)


def test_a_form_that_does_not_come_ends_with_the_connection():
    play = shared()
    whole = form()
    play.ask(whole[:-10])
    play.wait(3600)
    assert play.status == 408
    broken = shared()
    head = request(SHARE_PATH, PORT, "POST", {**SUBMIT, "Transfer-Encoding": "chunked"})
    broken.ask(head + b"zz\r\n")
    assert broken.status == 400
    assert broken.tell(events.ShareOpened(make_share(), SHARE_ENDS)) == []


def test_a_guest_who_has_gone_gets_nothing():
    play = shared()
    play.ask(form())
    play.tell(events.ClientGone())
    assert play.tell(events.ShareOpened(make_share(), SHARE_ENDS)) == []


def test_draining_waits_for_the_server():
    play = shared()
    play.ask(form())
    assert play.tell(events.Draining()) == []
    assert play.tell(events.ShareOpened(make_share(), SHARE_ENDS)) == ["Send", "Close"]


@pytest.mark.parametrize("grant", ["", "nonsense", make_grant("port"), make_share(port=4000)])
def test_a_grant_that_is_none_is_not_set(grant: str):
    play = shared()
    play.ask(form())
    play.tell(events.ShareOpened(grant, SHARE_ENDS))
    assert play.status == 502
    assert play.sent("set-cookie") == []


# --- being refused ---


@pytest.mark.parametrize(
    ("code", "status"), [("share_password", 401), ("share_password_wrong", 403)]
)
def test_the_password_is_asked_for_and_sent_with_the_token(code: str, status: int):
    play = shared()
    play.ask(form())
    play.tell(refusal(code))
    assert (play.status, play.records[0].code) == (status, code)
    page = play.to_client.decode()
    assert f'name="token" value="{SHARE_TOKEN}"' in page
    assert 'name="password" type="password"' in page
    assert ("This is not the password" in page) is (code == "share_password_wrong")
    assert "script-src" not in page
    assert play.sent("set-cookie") == []


@pytest.mark.parametrize(
    ("code", "status"),
    [("share_ended", 410), ("share_used", 410), ("share_tries", 429), ("share_busy", 429)],
)
def test_other_refusals_are_explained(code: str, status: int):
    play = shared()
    play.ask(form())
    play.tell(refusal(code))
    assert (play.status, play.records[0].code) == (status, code)
    page = play.to_client.decode()
    assert "Title &lt;b&gt;" in page
    assert "Cure." in page
    assert SHARE_TOKEN not in page


def test_while_the_server_is_away_the_guest_can_try_again():
    play = shared()
    play.ask(form(password=SECRET))
    play.tell(refusal("server_away"))
    assert (play.status, play.records[0].code) == (503, "server_away")
    page = play.to_client.decode()
    assert "Try again" in page
    assert "horse" not in page


@given(st.binary(max_size=300))
def test_no_bytes_of_a_form_are_an_error(body: bytes):
    found = read_form(body)
    assert isinstance(found, Form)
    assert len(found.password) <= 200


def test_a_field_that_stands_twice_counts_not_at_all():
    assert read_form(b"token=a&token=b&password=c&password=d") == Form("", "")
    assert read_form("token=a&password=gr\u00fcn".encode()) == Form("", "")
    assert read_form(b"token=a&password=gr%C3%BCn") == Form("a", "gr\u00fcn")
    assert NOW < SHARE_ENDS
