"""A browser that comes back with a code: granted, begun anew, or told why not."""

import pytest

from proxy.core import events
from tests.proxy.core.play import Play
from tests.proxy.world import (
    IDE,
    IDE_COOKIE,
    NONCE_COOKIE,
    OTHER,
    PORT,
    PORT_COOKIE,
    TAB,
    make_grant,
    request,
)

NONCE = "1-" + "n" * 43
RETURN = request(
    "/.podium/grant?code=c0de", PORT, headers={**TAB, "Cookie": f"{NONCE_COOKIE}={NONCE}"}
)


def test_a_code_is_redeemed_and_the_grant_set() -> None:
    play = Play()
    assert play.ask(RETURN) == ["Redeem"]
    assert play.redeem is not None
    assert (play.redeem.code, play.redeem.nonce, play.redeem.host) == ("c0de", NONCE, PORT)
    assert play.core.working
    assert play.tell(events.Redeemed(make_grant("port"), "/deep?x=1")) == ["Send"]
    assert (play.status, play.sent("location")) == (303, ["/deep?x=1"])
    assert play.records[0].target == "/.podium/grant?code=[redacted]"


def test_a_code_that_is_not_good_begins_anew() -> None:
    play = Play()
    play.ask(RETURN)
    play.tell(events.NotRedeemed("The code has expired.", away=False))
    assert play.status == 303
    assert play.sent("location")[0].startswith("http://podium.localhost:8080/auth/grant?")


def test_draining_waits_for_a_redemption_and_a_lost_client_does_not() -> None:
    play = Play()
    play.ask(RETURN)
    assert play.tell(events.Draining()) == []
    assert play.tell(events.NotRedeemed("away", away=True)) == ["Send", "Close"]
    gone = Play()
    gone.ask(RETURN)
    gone.tell(events.ClientGone())
    assert gone.tell(events.NotRedeemed("away", away=True)) == []


def test_after_two_attempts_a_page_explains_instead_of_a_loop() -> None:
    play = Play()
    cookie = f"{NONCE_COOKIE}=2-{'n' * 43}"
    play.ask(request("/.podium/grant?code=c", PORT, headers={**TAB, "Cookie": cookie}))
    play.tell(events.NotRedeemed("The code has expired.", away=False))
    assert (play.status, play.records[0].code) == (400, "handover_failed")
    assert b"The code has expired." in play.to_client


def test_while_the_server_is_away_the_page_asks_again_by_itself() -> None:
    play = Play()
    play.ask(RETURN)
    play.tell(events.NotRedeemed("The server is starting.", away=True))
    assert (play.status, play.sent("retry-after")) == (503, ["2"])


@pytest.mark.parametrize(
    "grant",
    [
        make_grant("ide"),
        make_grant("port", epoch=1),
        make_grant("port", user="eve"),
        make_grant("port")[:-4] + "AAAA",
        "nonsense",
    ],
    ids=["scope", "epoch", "user", "forged", "nonsense"],
)
def test_a_grant_that_would_not_be_taken_is_not_set(grant: str) -> None:
    play = Play()
    play.ask(RETURN)
    play.tell(events.Redeemed(grant, "/"))
    assert play.status == 400
    assert play.sent("set-cookie") == []


def arrive_at_the_ide() -> Play:
    play = Play()
    cookie = f"{NONCE_COOKIE}={NONCE}"
    play.ask(request("/.podium/grant?code=c0de", IDE, headers={**TAB, "Cookie": cookie}))
    return play


def test_the_ide_comes_with_its_ports() -> None:
    play = arrive_at_the_ide()
    play.tell(events.Redeemed(make_grant("ide"), "/", make_grant("port")))
    ide, ports, _nonce = play.sent("set-cookie")
    assert "Domain" not in ide
    assert ports.startswith(f"{PORT_COOKIE}={make_grant('port')}; Domain=ws.localhost; ")


@pytest.mark.parametrize(
    "ports",
    [
        "",
        make_grant("ide"),
        make_grant("port", epoch=1),
        make_grant("port", user="eve"),
        make_grant("port", workspace=OTHER),
        make_grant("port")[:-4] + "AAAA",
    ],
    ids=["none", "scope", "epoch", "user", "other", "forged"],
)
def test_a_grant_for_ports_that_would_not_be_taken_is_left_out(ports: str) -> None:
    play = arrive_at_the_ide()
    play.tell(events.Redeemed(make_grant("ide"), "/", ports))
    assert play.status == 303
    assert [one.partition("=")[0] for one in play.sent("set-cookie")] == [IDE_COOKIE, NONCE_COOKIE]


def test_without_a_grant_for_the_ide_the_ports_are_not_given_either() -> None:
    play = arrive_at_the_ide()
    play.tell(events.Redeemed(make_grant("ide", epoch=1), "/", make_grant("port")))
    assert play.status == 400
    assert play.sent("set-cookie") == []


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "x", ""])
def test_a_path_never_leads_to_another_host(path: str) -> None:
    play = Play()
    play.ask(RETURN)
    play.tell(events.Redeemed(make_grant("port"), path))
    assert play.sent("location") == ["/"]


def test_the_cookies_are_for_scripts_of_nobody() -> None:
    play = Play()
    play.ask(RETURN)
    play.tell(events.Redeemed(make_grant("port"), "/"))
    granted, nonce = play.sent("set-cookie")
    assert "Domain=ws.localhost" in granted
    assert "Domain" not in nonce
    for cookie in (granted, nonce):
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert "SameSite=Lax" in cookie
