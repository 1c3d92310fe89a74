"""Plain HTTP leads to HTTPS, on hosts that are ours; HTTPS says that it stays."""

from dataclasses import replace

import pytest

from proxy.core.connection import Connection
from proxy.core.grants import Grants
from proxy.core.plans import Asker, World
from proxy.core.replies import plain
from proxy.core.rules import Rules
from proxy.core.secure import STRICT, strict, to_https
from tests.proxy.core.play import OK, Play
from tests.proxy.world import MOMENT, SEED, TAG, WORKSPACE, head, make_table, request
from wire.hosts import Hosts

HOSTS = Hosts.of("https://podium.example:8443", "example.org")
IDE = f"{WORKSPACE}.ws.example.org"
STRICT_NAME = STRICT[0].decode()


def secured(*, secure: bool, hosts: Hosts = HOSTS, tls: bool = True) -> Play:
    table = make_table()
    play = Play(World(Rules(hosts, TAG, Grants(table)), table, tls=tls))
    play.core = Connection(play.world, Asker("192.0.2.7", SEED, secure=secure), MOMENT)
    return play


@pytest.mark.parametrize(
    ("authority", "target", "method", "status", "expected"),
    [
        (IDE, "/a?b=c", "GET", 302, f"https://{IDE}:8443/a?b=c"),
        (f"{IDE}:80", "/a", "HEAD", 302, f"https://{IDE}:8443/a"),
        (f"{IDE}:8080", "/a", "POST", 308, f"https://{IDE}:8443/a"),
        (
            "podium.example",
            "//evil.example",
            "GET",
            302,
            "https://podium.example:8443//evil.example",
        ),
        ("localhost", "/", "GET", 302, "https://podium.example:8443/"),
        ("[::1]", "/", "GET", 302, "https://podium.example:8443/"),
        ("[::1]:80", "/", "GET", 302, "https://podium.example:8443/"),
        ("podium.example", "*", "OPTIONS", 308, "https://podium.example:8443/"),
    ],
)
def test_the_same_place(
    authority: str, target: str, method: str, status: int, expected: str
) -> None:
    reply = to_https(
        Rules(HOSTS, TAG, Grants(make_table())),
        head("/", authority, method) if target == "*" else head(target, authority, method),
    )
    assert reply.status == status
    assert dict(reply.headers)[b"location"].decode() == expected
    assert STRICT not in reply.headers, "over plain HTTP it would count for nothing"


@pytest.mark.parametrize("authority", ["evil.example", "evil.example:80", "x.ws.example.org", ""])
def test_hosts_of_others_are_not_led_anywhere(authority: str) -> None:
    asked = replace(head("/", "podium.example"), authority=authority)
    reply = to_https(Rules(HOSTS, TAG, Grants(make_table())), asked)
    assert reply.status in {400, 404, 421}
    assert b"location" not in dict(reply.headers)


def test_a_plain_connection_gets_nothing_else() -> None:
    play = secured(secure=False)
    assert play.ask(request("/api/v1/workspaces", "podium.example")) == ["Send"]
    assert play.status == 302
    assert play.sent(STRICT_NAME) == []
    play.ask(request("/.podium/healthz", "podium.example"))
    assert play.status == 200


def test_answers_over_https_say_that_it_stays() -> None:
    play = secured(secure=True)
    play.ask(request("/", "nobody.example:8443"))
    assert play.sent(STRICT_NAME) == [STRICT[1].decode()]
    play.through(request("/", "podium.example:8443"))
    play.answer(OK.replace(b"OK\r\n", b"OK\r\nStrict-Transport-Security: max-age=0\r\n", 1))
    assert play.status == 200
    assert play.sent(STRICT_NAME) == [STRICT[1].decode()]


def test_a_front_with_https_is_believed_to_have_it() -> None:
    play = secured(secure=False, tls=False)
    play.through(request("/", "podium.example:8443"))
    play.answer(OK)
    assert play.sent(STRICT_NAME) == [STRICT[1].decode()]


def test_plain_installations_say_nothing() -> None:
    play = Play()
    play.ask(request("/", "nobody.example:8080"))
    assert play.sent(STRICT_NAME) == []
    assert STRICT in strict(plain(200, [])).headers
