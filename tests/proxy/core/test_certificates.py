"""Names of certificates, and the names that are asked for."""

import pytest

from proxy.core.certificates import choose, missing, wanted
from wire.hosts import Hosts

HELD = {"podium.example": "own", "*.ws.example.org": "workspaces", "ws.example.org": "domain"}
HOSTS = Hosts.of("https://podium.example", "example.org")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("podium.example", "own"),
        ("PODIUM.example.", "own"),
        ("3000-amber.ws.example.org", "workspaces"),
        ("ws.example.org", "domain"),
        ("a.b.ws.example.org", None),
        (".ws.example.org", "workspaces"),
        ("example.org", None),
        ("example", None),
        ("", None),
    ],
)
def test_choice(name: str, expected: str | None) -> None:
    assert choose(HELD, name) == expected


def test_an_exact_name_counts_more_than_a_wildcard() -> None:
    assert choose({"*.example.org": 1, "ide.example.org": 2}, "ide.example.org") == 2


def test_what_browsers_ask_for() -> None:
    assert wanted(HOSTS) == [
        "podium.example",
        "ws.example.org",
        "*.ws.example.org",
        "ide.example.org",
    ]


def test_names_without_a_certificate_are_told() -> None:
    assert missing(HELD, HOSTS) == ["ide.example.org"]
    assert missing(["*.example.org", "*.ws.example.org", "podium.example"], HOSTS) == []
