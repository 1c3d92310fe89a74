"""Further repositories of a workspace: where each goes, and what of it is checked out."""

import pytest

from supervisor.core.config import Repository
from supervisor.core.further import Wanted, clone_commands, list_refs, place_of, wanted
from wire.agentrepository import RepositoryFound

COMMIT = "4f1c0a9e77b2d6c85e3390aa1b7d5c2f60918e34"
LISTED = [f"{COMMIT}\trefs/heads/{one}" for one in ("main", "feature/x")] + [
    f"{COMMIT}\trefs/tags/v1.0"
]


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("", "lib"),
        ("libs/own", "libs/own"),
        ("./libs//own/", "libs/own"),
        ("a/../../etc", ""),
        ("demo/.git/hooks", ""),
        (".podium/x", ""),
        ("/", ""),
    ],
)
def test_each_has_a_folder_below_the_workspace(location: str, place: str):
    found = RepositoryFound(url="https://h.org/a/lib", folder="lib")
    assert place_of(Repository(url="x", location=location), found) == place


@pytest.mark.parametrize(
    ("ref", "beside", "found"),
    [
        ("", "", Wanted()),
        ("", "feature/x", Wanted(name="feature/x")),
        ("", "another", Wanted()),
        ("main", "feature/x", Wanted(name="main")),
        ("feature/x/docs/README.md", "", Wanted(name="feature/x")),
        ("v1.0", "", Wanted(name="v1.0")),
        (COMMIT, "", Wanted(commit=COMMIT)),
        (f"{COMMIT}/docs", "", Wanted(commit=COMMIT)),
        ("refs/pull/7/head", "", Wanted(pull="refs/pull/7/head")),
        ("feature", "", None),
    ],
)
def test_what_an_address_names_is_found_among_the_refs(ref: str, beside: str, found: Wanted | None):
    assert wanted(ref, beside, LISTED) == found


def test_commands_end_with_what_is_wanted():
    url = "https://h.org/a/lib"
    assert list_refs(url)[-2:] == ["--", url]
    assert clone_commands(url, "/p", Wanted())[0][-4:] == ["--progress", "--", url, "/p"]
    assert "--branch" in clone_commands(url, "/p", Wanted(name="main"))[0]
    commit = clone_commands(url, "/p", Wanted(commit=COMMIT))
    assert [one[-2:] for one in commit[1:]] == [["origin", COMMIT], ["--detach", COMMIT]]
    pull = clone_commands(url, "/p", Wanted(pull="refs/pull/7/head"))
    assert pull[1][-1] == "+refs/pull/7/head:refs/heads/pull/7"
    assert pull[2][-1] == "pull/7"
    for command in [*commit, *pull]:
        assert "core.hooksPath=/dev/null" in command
