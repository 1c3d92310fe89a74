"""V: what pages of git hosts name; a place is resolved as the node does it."""

import pytest

from app.faults import Malformed
from app.workspaces.forge import Kind
from app.workspaces.repository import parse
from daemon.core.place import Turn, resolve

THEIA = "https://github.com/eclipse-theia/theia"
TEST = "https://github.com/gitpod-io/gitpod-test-repo"
SUB = "https://gitlab.com/gp-test-group/gp-test-subgroup/gp-test-project-in-subgroup"
GITLAB = "https://gitlab.com/AlexTugarev/gp-test"
BITBUCKET = "https://bitbucket.org/gitpod/integration-tests"
SERVER = "https://bitbucket.gitpod-dev.com/projects/GIT/repos/gitpod-test-repo"
AZURE = "https://dev.azure.com/services-azure/test-project/_git/repo2"
COMMIT = "499efbbcb50e7e6e5e2883053f72a34cd5396be3"
NO_COMMIT = "a" * 40
BRANCHES = {
    *("master", "4test", "corneliusludmann/important-issue-1", "feature/#123-issue"),
    *("branch-with-dir", "feature/JIRA-123-summary"),
}

Found = tuple[str, str, str, int]
"""Kind, or turn of a resolved place; ref; path; number."""

ROWS: dict[str, list[tuple[str, Found | None]]] = {
    "V1": [(THEIA, ("repository", "", "", 0))],
    "V3": [(f"{THEIA}/tree/master/LICENSE-EPL", ("branch", "master", "LICENSE-EPL", 0))],
    "V5": [(f"{TEST}/tree/{COMMIT}/folder1/folder2", ("commit", COMMIT, "folder1/folder2", 0))],
    "V7": [(f"{THEIA}#license", ("repository", "", "", 0))],
    "V9": [(f"{TEST}/commits/4test", ("branch", "4test", "", 0))],
    "V11": [
        (f"{TEST}/commit/{NO_COMMIT}", ("commit", NO_COMMIT, "", 0)),  # the clone finds no such
        (f"{TEST}/commit/invalid", None),
    ],
    "V13": [
        (f"{TEST}/issues/42", ("issue", "", "", 42)),
        (f"{TEST}/pull/42", ("pull", "refs/pull/42/head", "", 42)),
    ],
    "V15": [
        (f"{TEST}/blob/499efbbc/folder1/a.txt", (Turn.COMMIT, "499efbbc", "folder1/a.txt", 0)),
        (f"{TEST}/blob/499ef/folder1/a.txt", (Turn.COMMIT, "499ef", "folder1/a.txt", 0)),
    ],
    "V17": [
        (
            f"{SUB}{dash}/tree/corneliusludmann/important-issue-1",
            ("branch", "corneliusludmann/important-issue-1", "", 0),
        )
        for dash in ("", "/-")
    ],
    "V19": [(f"{GITLAB}/-/tree/feature/%23123-issue", ("branch", "feature/#123-issue", "", 0))],
    "V21": [(f"{GITLAB}/merge_requests/2", ("pull", "refs/merge-requests/2/head", "", 2))],
    "V23": [("https://gitlab.com/AlexTugarev/empty-project", ("repository", "", "", 0))],
    "V25": [
        (f"{BITBUCKET}/branch/feature/JIRA-123-summary", ("ref", "feature/JIRA-123-summary", "", 0))
    ],
    "V27": [
        (
            f"{BITBUCKET}/src/branch-with-dir/my-dir/test.txt",
            ("branch", "branch-with-dir", "my-dir/test.txt", 0),
        ),
        (f"{BITBUCKET}/src/branch-with-dir/my-dir/", ("branch", "branch-with-dir", "my-dir", 0)),
    ],
    "V29": [(SERVER, ("repository", "", "", 0))],
    "V31": [
        (f"{SERVER}/commits?until={until}", ("ref", "my-branch", "", 0))
        for until in ("refs%2Fheads%2Fmy-branch&merges=include", "my-branch")
    ],
    "V33": [
        (f"{SERVER}/pull-requests/1/overview", ("pull", "refs/pull-requests/1/from", "", 1))
    ],
    "V35": [
        (f"{AZURE}?version=GBdevelop-2", ("ref", "develop-2", "", 0)),
        (f"{AZURE}?version=GTv0.0.1", ("ref", "v0.0.1", "", 0)),
    ],
    "V37": [
        ("github.com/a/b", ("repository", "", "", 0)),
        (" https://github.com/a/b ", ("repository", "", "", 0)),
        ("git@github.com:a/b.git", ("repository", "", "", 0)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "url", "expected"),
    [(row, url, expected) for row, cases in ROWS.items() for url, expected in cases],
)
def test_a_page_names_what_it_shows(row: str, url: str, expected: Found | None) -> None:
    if expected is None:
        with pytest.raises(Malformed):
            parse(url, "", {"https"}, [])
        return
    found = parse(url, "", {"https", "ssh"}, [])
    told: Found = (found.kind.value, found.ref, found.path, found.number)
    if found.kind is Kind.PLACE:
        place = resolve(found.ref, BRANCHES, set())
        assert place is not None, row
        told = (place.turn, place.name, place.path, found.number)
    assert told == expected


def test_where_it_is_cloned_from() -> None:
    """The other half of V17, V29, V35 and V37: the repository behind the page."""
    for url, clone in (
        (f"{SUB}/-/tree/master", SUB),
        (f"{SERVER}/browse", "https://bitbucket.gitpod-dev.com/scm/git/gitpod-test-repo"),
        (f"{AZURE}?version=GBx", AZURE),
        ("github.com/a/b", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "ssh://git@github.com/a/b.git"),
    ):
        assert parse(url, "", {"https", "ssh"}, []).url == clone
