"""Pages of git hosts: what they show, for every shape that people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.faults import Malformed
from app.workspaces.forge import Kind, Page, read_page

SHA = "499efbbcb50e7e6e5e2883053f72a34cd5396be3"
OWNER = ("a", "b")


def read(url: str) -> Page:
    host, _, rest = url.partition("/")
    path, _, query = rest.partition("?")
    return read_page(host, path, query)


def page(kind: Kind, ref: str = "", path: str = "", number: int = 0) -> Page:
    return Page(OWNER, kind, ref, path, number)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("github.com/a/b", page(Kind.REPOSITORY)),
        ("github.com/a/b/", page(Kind.REPOSITORY)),
        ("github.com/a/b/actions/runs/7", page(Kind.REPOSITORY)),
        ("github.com/a/b/tree", page(Kind.REPOSITORY)),
        ("github.com/a/b/tree/main", page(Kind.PLACE, "main")),
        ("github.com/a/b/tree/refs/heads/main", page(Kind.PLACE, "main")),
        ("github.com/a/b/blob/feature/x/README.md", page(Kind.PLACE, "feature/x/README.md")),
        (f"github.com/a/b/tree/{SHA}/f/g", page(Kind.COMMIT, SHA, "f/g")),
        ("github.com/a/b/blob/499ef/f", page(Kind.PLACE, "499ef/f")),
        ("github.com/a/b/commits/4test", page(Kind.PLACE, "4test")),
        (f"github.com/a/b/commit/{SHA}", page(Kind.COMMIT, SHA)),
        ("github.com/a/b/commit/499efbb", page(Kind.PLACE, "499efbb")),
        ("github.com/a/b/pull/42", page(Kind.PULL, "refs/pull/42/head", number=42)),
        ("github.com/a/b/pull/42/files", page(Kind.PULL, "refs/pull/42/head", number=42)),
        ("github.com/a/b/issues/42", page(Kind.ISSUE, number=42)),
        ("github.com/a/b/releases/tag/v1/2", page(Kind.REF, "v1/2")),
        ("github.com/a/b/releases/latest", page(Kind.REPOSITORY)),
        (
            "gitlab.com/a/b/merge_requests/2",
            page(Kind.PULL, "refs/merge-requests/2/head", number=2),
        ),
        ("gitlab.com/a/b/-/issues/3", page(Kind.ISSUE, number=3)),
        ("gitlab.com/a/b/-/tree/feature/%23123-issue", page(Kind.PLACE, "feature/#123-issue")),
        ("gitlab.com/a/b/-/tags/v2", page(Kind.REF, "v2")),
        ("bitbucket.org/a/b/branch/feature/JIRA-1", page(Kind.REF, "feature/JIRA-1")),
        ("bitbucket.org/a/b/src/main/d/t.txt", page(Kind.PLACE, "main/d/t.txt")),
        (f"bitbucket.org/a/b/src/{SHA}/d/?at=x/y", page(Kind.REF, "x/y", "d")),
        ("bitbucket.org/a/b/commits/tag/v1", page(Kind.REF, "v1")),
        (f"bitbucket.org/a/b/commits/{SHA}", page(Kind.COMMIT, SHA)),
        ("codeberg.org/a/b/src/branch/next/x", page(Kind.PLACE, "next/x")),
        ("codeberg.org/a/b/pulls/9", page(Kind.PULL, "refs/pull/9/head", number=9)),
        ("git.home.arpa/a/b/src/commit/" + SHA, page(Kind.COMMIT, SHA)),
    ],
)
def test_pages(url: str, expected: Page) -> None:
    assert read(url) == expected


def test_nested_groups_end_where_gitlab_says() -> None:
    for dash in ("", "-/"):
        found = read(f"gitlab.com/g/sub/tree-house/{dash}tree/me/important-issue-1")
        assert found.repository == ("g", "sub", "tree-house")
        assert found.ref == "me/important-issue-1"
    assert read("gitlab.com/g/tree/x/-/tree/main").repository == ("g", "tree", "x")


@pytest.mark.parametrize(
    ("tail", "kind", "ref"),
    [
        ("", Kind.REPOSITORY, ""),
        ("/browse", Kind.REPOSITORY, ""),
        ("/browse/d/f?at=refs%2Fheads%2Fx%2Fy", Kind.REF, "x/y"),
        ("/browse?at=" + SHA, Kind.COMMIT, SHA),
        ("/commits?until=refs%2Fheads%2Fmy-branch&merges=include", Kind.REF, "my-branch"),
        ("/commits?until=my-branch", Kind.REF, "my-branch"),
        (f"/commits/{SHA}", Kind.COMMIT, SHA),
        ("/pull-requests/1/overview", Kind.PULL, "refs/pull-requests/1/from"),
    ],
)
def test_bitbucket_server(tail: str, kind: Kind, ref: str) -> None:
    found = read(f"git.corp.example/projects/GIT/repos/test{tail}")
    assert found.repository == ("scm", "git", "test")
    assert (found.kind, found.ref) == (kind, ref)
    assert found.path == ("d/f" if "/d/f" in tail else "")


def test_bitbucket_servers_people_and_context_paths() -> None:
    assert read("h.example/users/Ada/repos/r").repository == ("scm", "~ada", "r")
    assert read("h.example/bb/projects/K/repos/r").repository == ("bb", "scm", "k", "r")


@pytest.mark.parametrize(
    ("url", "repository", "kind", "ref"),
    [
        ("dev.azure.com/o/p", ("o", "p", "_git", "p"), Kind.REPOSITORY, ""),
        ("dev.azure.com/o/p/_git/r", ("o", "p", "_git", "r"), Kind.REPOSITORY, ""),
        ("dev.azure.com/o/p/_git/r?version=GBd-2", ("o", "p", "_git", "r"), Kind.REF, "d-2"),
        ("dev.azure.com/o/p/_git/r?version=GTv0.0.1", ("o", "p", "_git", "r"), Kind.REF, "v0.0.1"),
        (f"dev.azure.com/o/_git/r?version=GC{SHA}", ("o", "_git", "r"), Kind.COMMIT, SHA),
        (f"tfs.corp.example/o/_git/r/commit/{SHA}", ("o", "_git", "r"), Kind.COMMIT, SHA),
        (
            "dev.azure.com/o/p/_git/r/pullrequest/3",
            ("o", "p", "_git", "r"),
            Kind.PULL,
            "refs/pull/3/merge",
        ),
    ],
)
def test_azure_devops(url: str, repository: tuple[str, ...], kind: Kind, ref: str) -> None:
    found = read(url)
    assert (found.repository, found.kind, found.ref) == (repository, kind, ref)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("github.com/a/b/commit/invalid", "url_commit"),
        ("github.com/a/b/pull/1x", "url_number"),
        ("github.com/a/b/issues/new", "url_number"),
        ("bitbucket.org/a/b/pull-requests/1", "url_needs_host"),
        ("dev.azure.com/o", "url_path"),
        ("dev.azure.com/_git/r", "url_path"),
    ],
)
def test_refused(url: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read(url)
    assert refusal.value.code == code
    assert refusal.value.cure


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_path_is_read_or_refused(path: str, query: str) -> None:
    try:
        read_page("h.example", path, query)
    except Malformed:
        return
