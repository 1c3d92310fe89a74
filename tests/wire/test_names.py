"""Names that lead to the proxy, and greetings that only the key's holder can make."""

import pytest

from wire.hosts import Hosts
from wire.names import greet, names_of, read_greeting

WORKSPACE = "amber-otter-4k2hw9xz1q"
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
NOW = 1_700_000_000.0


def names(base: str = "http://podium.localhost:8080", content: str = "localhost"):
    return names_of(Hosts.of(base, content), "198.18.0.1", "198.18.0.2", ["10.0.0.53"])


@pytest.mark.parametrize(
    "name",
    [
        "podium.localhost",
        "PODIUM.localhost.",
        "ide.localhost",
        f"3000-{WORKSPACE}.ws.localhost",
        f"{WORKSPACE}.ws.localhost",
        "anything.ws.localhost",
    ],
)
def test_the_platforms_names(name):
    assert names().covers(name)


@pytest.mark.parametrize(
    "name", ["", ".", "localhost", "ws.localhost.example.org", "example.org", "xws.localhost"]
)
def test_all_other_names(name):
    assert not names().covers(name)


def test_behind_tls_the_names_are_left_to_the_resolvers():
    assert names("https://podium.example.org", "example.net") is None


def test_loopback_is_never_taken_for_ours():
    assert not names("http://localhost:8080").covers("localhost")


def test_a_greeting_holds_with_its_key_for_a_while():
    greeting = read_greeting(greet(WORKSPACE, "198.18.0.2", KEY, NOW))
    assert greeting is not None
    assert (greeting.workspace, greeting.address) == (WORKSPACE, "198.18.0.2")
    assert greeting.holds(KEY, NOW + 30)
    assert not greeting.holds(KEY, NOW + 90)
    assert not greeting.holds(OTHER_KEY, NOW)
    assert not greeting.holds("", NOW)


@pytest.mark.parametrize(
    ("old", "new"), [(b"amber", b"azure"), (b"198.18.0.2", b"198.18.0.6"), (b"17000", b"17001")]
)
def test_what_was_changed_on_the_way_does_not_hold(old, new):
    greeting = read_greeting(greet(WORKSPACE, "198.18.0.2", KEY, NOW).replace(old, new, 1))
    assert greeting is not None
    assert not greeting.holds(KEY, NOW)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"podium x 198.18.0.2 v1 1 - workspace 00\r\n",
        b"podium amber-otter-4k2hw9xz1q nowhere v1 1 - workspace 00\r\n",
        greet(WORKSPACE, "198.18.0.2", KEY, NOW)[:-2],
        greet(WORKSPACE, "127.0.0.1", KEY, NOW),
        greet(WORKSPACE, "999.18.0.2", KEY, NOW),
    ],
)
def test_what_is_no_greeting(line):
    assert read_greeting(line) is None
