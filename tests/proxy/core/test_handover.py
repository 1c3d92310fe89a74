"""The handover's own rules: nonces, attempts, and paths that stay on their host."""

from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.core.handover import attempts, begin, finish, is_relative, returned
from tests.proxy.world import IDE, NONCE_COOKIE, PORT, WORKSPACE, head, make_world
from wire.hosts import IdeHost, PortHost

RULES = make_world().rules
FRESH = "n" * 43
PORT_HOST = PortHost(WORKSPACE, 3000)


def holding(*values: str, target="/", host=PORT):
    cookies = "; ".join(f"{NONCE_COOKIE}={value}" for value in values)
    return head(target, host, headers={"Cookie": cookies} if values else {})


def test_it_begins_with_a_nonce_that_only_this_browser_holds():
    begun = begin(RULES, holding(), PORT_HOST, "/deep?x=1&y", FRESH)
    parts = urlsplit(begun.location)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "http://podium.localhost:8080/auth/grant"
    )
    assert asked["host"] == PORT
    assert asked["path"] == "/deep?x=1&y"
    assert asked["n"] == sha256(f"1-{FRESH}".encode()).hexdigest()
    assert FRESH not in begun.location
    assert begun.cookie.startswith(f"{NONCE_COOKIE}=1-{FRESH}; Max-Age=")
    assert "HttpOnly" in begun.cookie


def test_two_tabs_share_one_nonce():
    held = f"1-{'h' * 43}"
    begun = begin(RULES, holding(held), PORT_HOST, "/", FRESH)
    assert begun.cookie.startswith(f"{NONCE_COOKIE}={held};")


def test_after_a_failure_the_nonce_is_a_new_one_and_counts():
    held = f"1-{'h' * 43}"
    begun = begin(RULES, holding(held), PORT_HOST, "/", FRESH, after=1)
    assert begun.cookie.startswith(f"{NONCE_COOKIE}=2-{FRESH};")


def test_attempts_are_counted_over_a_finished_one():
    assert attempts(RULES, holding()) == 0
    assert attempts(RULES, holding("1")) == 1
    assert attempts(RULES, holding("1", f"2-{FRESH}")) == 2
    assert attempts(RULES, holding("0", "x", "10", f"3-{FRESH}x")) == 0


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil", "x" * 10, "/" + "a" * 3000, "/ä"])
def test_an_odd_path_becomes_the_root(path):
    location = begin(RULES, holding(), PORT_HOST, path, FRESH).location
    assert parse_qs(urlsplit(location).query)["path"] == ["/"]


def test_a_browser_that_comes_back_is_read():
    back = returned(RULES, holding(f"2-{FRESH}", target="/.podium/grant?code=abc"))
    assert back is not None
    assert (back.code, back.nonce, back.attempt) == ("abc", f"2-{FRESH}", 2)


@pytest.mark.parametrize(
    ("target", "nonces"),
    [
        ("/.podium/grant", (f"1-{FRESH}",)),
        ("/.podium/grant?code=", (f"1-{FRESH}",)),
        ("/.podium/grant?code=a&code=b", (f"1-{FRESH}",)),
        ("/.podium/grant?code=" + "a" * 201, (f"1-{FRESH}",)),
        ("/.podium/grant?code=a", ()),
        ("/.podium/grant?code=a", ("1",)),
        ("/.podium/grant?code=a", (f"1-{FRESH}", f"1-{'o' * 43}")),
        ("/.podium/grant?code=a", ("1-short",)),
    ],
)
def test_what_is_missing_twice_or_odd_is_not_redeemed(target, nonces):
    assert returned(RULES, holding(*nonces, target=target)) is None


def test_the_ides_grant_stays_on_its_host_and_the_ports_serves_all_of_them():
    ide, nonce = finish(RULES, IdeHost(WORKSPACE), "g", 1)
    assert "Domain" not in ide
    assert nonce.startswith(f"{NONCE_COOKIE}=1; Max-Age=20;")
    port, _nonce = finish(RULES, PORT_HOST, "g", 1)
    assert "Domain=ws.localhost" in port
    assert WORKSPACE.replace("-", "_") in port or WORKSPACE in port
    assert IDE not in port
    both = finish(RULES, IdeHost(WORKSPACE), "g", 1, ports="p")
    assert both[0] == ide
    assert both[1] == port.replace("=g;", "=p;")
    assert both[2] == nonce


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("/", True),
        ("/a/b?c=d#e", True),
        ("", False),
        ("a", False),
        ("//a", False),
        ("/\\a", False),
        ("/a b", False),
        ("/a\r\nX: y", False),
        ("https://a", False),
        ("/\x00", False),
    ],
)
def test_a_path_that_stays_on_its_host(path, stays):
    assert is_relative(path) is stays
