"""Patterns of repositories."""

import pytest

from app.variables.patterns import closest, is_pattern, matches, repository_of


@pytest.mark.parametrize("text", ["a/b", "*/*", "*/**", "a/b/**", "*/b", "a.b/c_d-e"])
def test_patterns(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["", "a", "**", "a/**/b", "a/", "/a", "a/b*", "a/ b"])
def test_what_is_none(text: str) -> None:
    assert not is_pattern(text)


def test_letters_are_one_in_both_cases() -> None:
    assert matches("Ada/*", "ada/Demo")


def test_what_is_spelled_out_counts_more_from_the_left_on() -> None:
    patterns = ["*/**", "*/*", "*/demo", "ada/**", "ada/*", "ada/demo", "eve/*"]
    assert closest(patterns, "ada/demo") == [
        *("ada/demo", "ada/*", "ada/**", "*/demo", "*/*", "*/**"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://h.org/ada/demo.git",
        "https://h.org:8443/ada/demo/",
        "ssh://git@h.org:22/ada/demo",
        "git@h.org:ada/demo.git",
        "h.org:ada/demo",
    ],
)
def test_a_repository_is_its_path(url: str) -> None:
    assert repository_of(url) == "ada/demo"
