import pytest

from daemon.core.mirror import (
    Shown,
    is_beyond_limit,
    is_damaged,
    mirror_key,
    over_limit,
    parse_shown,
    rewound,
)

A, B, C = ("a" * 40, "b" * 40, "c" * 40)
TOLD = f"""ref: refs/heads/main\tHEAD
{A}\tHEAD
{A}\trefs/heads/main
{B}\trefs/heads/odd/näme
{C}\trefs/pull/7/head
{B}\trefs/tags/v1
{A}\trefs/tags/v1^{{}}
"""


def test_one_repository_has_one_name_however_it_is_spelled():
    names = {
        mirror_key(url)
        for url in (
            "https://example.org/a/b",
            "https://EXAMPLE.org:443/a/b.git",
            "https://example.org./a/b.git/",
        )
    }
    assert len(names) == 1
    assert len(names.pop()) == 64


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a/b",
        "https://example.org:8443/a/b",
        "https://example.org/A/b",
        "ssh://git@example.org/a/b",
        "ssh://ada@example.org/a/b",
    ],
)
def test_others_have_others(url):
    assert mirror_key(url) != mirror_key("https://example.org/a/b")


def test_what_a_remote_shows():
    refs = {"refs/heads/main": A, "refs/heads/odd/näme": B, "refs/tags/v1": B}
    assert parse_shown(TOLD) == Shown("refs/heads/main", refs)


@pytest.mark.parametrize("head", ["", f"{A}\tHEAD\n", "ref: refs/heads/gone\tHEAD\n"])
def test_a_head_that_is_no_branch(head):
    assert parse_shown(f"{head}{A}\trefs/heads/main\n").head == ""


def test_nothing_is_let_go_of_by_what_is_new():
    held = Shown("refs/heads/main", {"refs/heads/main": A})
    assert rewound(held, Shown("", {"refs/heads/main": A, "refs/tags/v1": B})) == (False, [])


def test_moved_branches_are_for_git_to_tell_and_tags_are_sure():
    held = Shown("", {"refs/heads/main": A, "refs/heads/x": B, "refs/tags/v1": C})
    moved = Shown("", {"refs/heads/main": B, "refs/tags/v1": C})
    assert rewound(held, moved) == (False, [A, B])
    assert rewound(held, Shown("", {"refs/heads/main": A, "refs/heads/x": B})) == (True, [])


def test_what_tells_of_damage():
    assert is_damaged("fatal: bad object refs/heads/main")
    assert is_damaged("error: remote did not send all necessary objects")
    assert not is_damaged("fatal: unable to access 'https://example.org/': Could not resolve host")


def test_what_tells_of_the_limit():
    assert is_beyond_limit("fatal: write error: File too large")
    assert not is_beyond_limit("fatal: write error: No space left on device")


def test_those_not_used_for_longest_go_first():
    sizes = {"new": (3.0, 60), "old": (1.0, 50), "middle": (2.0, 10)}
    assert over_limit(sizes, 120) == []
    assert over_limit(sizes, 70) == ["old"]
    assert over_limit(sizes, 0) == ["old", "middle", "new"]
