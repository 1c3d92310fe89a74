"""Z and KK: which of a person's variables count in a repository."""

from collections.abc import Callable

import pytest

from app.variables.patterns import closest, matches
from supervisor.core.environment import person_environment
from tests.supervisor.samples import wish

GITPODS = "gitpod/gitpod-io"


def those(pattern: str) -> list[str]:
    """Which of Gitpod's repositories a pattern names."""
    known = ("some/repo", "some/nested/repo", "some/nested/deeply/repo", "another/repo")
    return [one for one in known if matches(pattern, one)]


def resolved(context: dict[str, str] | None = None, file: dict[str, str] | None = None) -> dict:
    """What a workspace of gitpod/gitpod-io has, of the users' variables of the table."""
    own = {
        ("foo", "gitpod/*"): "any",
        ("bar", GITPODS): "commit",
        ("bar", "gitpod/openvscode-server"): "other",
    }
    found: dict[str, str] = {}
    for pattern in reversed(closest({one for _, one in own}, GITPODS)):
        found |= {name: value for (name, one), value in own.items() if one == pattern}
    desired = wish(environment={**found, **(context or {})})
    given = person_environment(desired, {}, "/home/gitpod", "gitpod", "/bin/sh", file or {})
    return {name: given[name] for name in ("foo", "bar", "foobar") if name in given}


ROWS: dict[str, Callable[[], bool]] = {
    "Z1": lambda: those("*/*") == ["some/repo", "another/repo"],
    "Z3": lambda: those("some/**") == ["some/repo", "some/nested/repo", "some/nested/deeply/repo"],
    "Z5": lambda: those("some/nested/**") == ["some/nested/repo", "some/nested/deeply/repo"],
    "Z7": lambda: those("*/*/repo") == ["some/nested/repo"],
    "KK1": lambda: resolved() == {"foo": "any", "bar": "commit"},
    "KK3": lambda: (
        resolved(file={"foobar": "yes please", "foo": "overridden"})
        == {"foo": "any", "bar": "commit", "foobar": "yes please"}
    ),
    "KK5": lambda: resolved(context={"bar": "context"}) == {"foo": "any", "bar": "context"},
    "KK7": lambda: (
        closest(["*/*", "*/gitpod-io", "gitpod/*", GITPODS], GITPODS)
        == [GITPODS, "gitpod/*", "*/gitpod-io", "*/*"]
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_as_gitpod(row: str) -> None:
    assert ROWS[row]()
