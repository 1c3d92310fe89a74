"""Patterns of what restore points leave out."""

import pytest

from wire.excludes import LONGEST, below, is_exclude


@pytest.mark.parametrize(
    "text", ["node_modules", "node_modules/", "*.log", "/dist", "a/**/b/**/c", "ä"]
)
def test_a_pattern_names_something_and_stays_where_it_begins(text: str) -> None:
    assert is_exclude(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", ".", "..", "a/../b", "!a", "a\nb", "a\0", "a\\b", "*", "**", "*/**", " a", "a "),
        *("[a", "a]", "a" * (LONGEST + 1), "a/**/**/**/b"),
    ],
)
def test_what_names_everything_or_leads_out_is_none(text: str) -> None:
    assert not is_exclude(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("node_modules/", "demo/**/node_modules"),
        ("/dist", "demo/dist"),
        ("web/dist/", "demo/web/dist"),
        ("./web//dist", "demo/web/dist"),
    ],
)
def test_it_means_the_same_from_above(text: str, meant: str) -> None:
    assert below("demo", text) == meant
