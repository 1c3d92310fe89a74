"""URLs that people paste: what they name, and what is refused with which code."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.faults import Malformed
from app.workspaces.forge import Kind
from app.workspaces.repository import Repository, check_ref, parse

ALL = {"https", "ssh", "file", "http"}
ROOTS = ("/srv/repositories",)


def read(text: str, ref: str = "") -> Repository:
    return parse(text, ref, ALL - {"http"}, ROOTS)


@pytest.mark.parametrize(
    ("text", "url", "repository", "name"),
    [
        ("https://github.com/a/b", "https://github.com/a/b", "github.com/a/b", "b"),
        ("  https://GitHub.com/a/b.git/ ", "https://github.com/a/b", "github.com/a/b", "b"),
        ("https://me:secret@host.org:8443/x/y/z", "https://host.org:8443/x/y/z", None, "z"),
        ("github.com/a/b", "https://github.com/a/b", "github.com/a/b", "b"),
        ("git@github.com:a/b.git", "ssh://git@github.com/a/b.git", "github.com/a/b", "b"),
        ("host.org:a/b", "ssh://git@host.org/a/b.git", "host.org/a/b", "b"),
        ("ssh://me:pw@host.org:22/a/b", "ssh://me@host.org:22/a/b.git", "host.org:22/a/b", "b"),
        ("ssh://host.org/~me/b", "ssh://git@host.org/~me/b.git", "host.org/~me/b", "b"),
        ("file:///srv/repositories/x", "file:///srv/repositories/x", "/srv/repositories/x", "x"),
        (
            "file://localhost/srv/repositories/g/x.git/",
            "file:///srv/repositories/g/x.git",
            "/srv/repositories/g/x.git",
            "x",
        ),
        ("https://codeberg.org/a/b+c.js", "https://codeberg.org/a/b+c.js", None, "b+c.js"),
    ],
)
def test_good_urls(text: str, url: str, repository: str | None, name: str) -> None:
    read_out = read(text)
    assert read_out.url == url
    assert read_out.name == name
    if repository is not None:
        assert read_out.repository == repository
    assert "secret" not in str(read_out)
    assert parse(read_out.url, "", ALL, ROOTS).url == read_out.url


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "url_empty"),
        ("   ", "url_empty"),
        ("https://h.org/" + "a" * 2048, "url_too_long"),
        ("--upload-pack=evil", "url_characters"),
        ("https://h.org/a b/c", "url_characters"),
        ("https://h.org/a/b\nc", "url_characters"),
        ("https://h.org/a/\x00b", "url_characters"),
        ("https://h.org/a/$(id)", "url_characters"),
        ("https://h.org/a\u2028/b", "url_characters"),
        ("ext::sh -c id", "url_characters"),
        ("ext::id", "url_scheme"),
        ("git://h.org/a/b", "url_scheme"),
        ("ftp://h.org/a/b", "url_scheme"),
        ("javascript://h.org/a", "url_scheme"),
        ("just-words", "url_scheme"),
        ("/srv/repositories/x", "url_scheme"),
        ("http://h.org/a/b", "url_protocol_off"),
        ("ssh://h.org/a/b?x=1", "url_extra"),
        ("file:///srv/repositories/b#readme", "url_extra"),
        ("git@h.org:a/b?", "url_extra"),
        ("https://h.org/a/b/tree/main/../x", "url_path"),
        ("https://h.org/a/b/tree/main/x%00y", "url_path"),
        ("https://h.org/a/b/tree/main/%2Egit/config", "url_path"),
        ("https://h.org/a/b/tree/--upload-pack=x/y", "ref_invalid"),
        ("https://h.org/a/b/tree/x%0Ay", "ref_invalid"),
        ("https://h.org/a/b/commit/invalid", "url_commit"),
        ("https://h.org/a/b/pull/x", "url_number"),
        ("https://h.org/a/b/issues/0", "url_number"),
        ("https://bitbucket.org/a/b/pull-requests/7", "url_needs_host"),
        ("https://dev.azure.com/a", "url_path"),
        ("https:///a/b", "url_host"),
        ("https://-h.org/a/b", "url_host"),
        ("https://h..org/a/b", "url_host"),
        ("https://h.org:0/a/b", "url_host"),
        ("https://h.org:x/a/b", "url_host"),
        ("https://[::1]/a/b", "url_host"),
        ("https://[x/a/b", "url_host"),
        ("ssh://-oProxyCommand=x@h.org/a/b", "url_host"),
        ("ssh://-oProxyCommand=x/a/b", "url_host"),
        ("file://other.org/srv/repositories/x", "url_host"),
        ("https://h.org", "url_path"),
        ("https://h.org/", "url_path"),
        ("https://h.org/.git", "url_path"),
        ("https://h.org/a/../b", "url_path"),
        ("https://h.org/a/%2e%2e/b", "url_path"),
        ("https://h.org/a/-b", "url_path"),
        ("git@h.org:../b", "url_path"),
        ("file:///", "url_path"),
        ("file:///srv/repositories/../secret", "url_path"),
        ("file:///srv/repositories", "url_local"),
        ("file:///etc/x", "url_local"),
        ("file:///srv/repositories-other/x", "url_local"),
    ],
)
def test_refused_urls(text: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read(text)
    assert refusal.value.code == code
    assert refusal.value.title
    assert code == "url_too_long" or refusal.value.cure


def test_http_passes_where_it_is_switched_on() -> None:
    assert parse("http://127.0.0.1:3001/a/b", "", ALL, ROOTS).url == "http://127.0.0.1:3001/a/b"


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("https://github.com/a/b/tree/main", "main"),
        ("https://github.com/a/b/tree/feature/x", "feature/x"),
        ("https://gitlab.com/g/s/b/-/tree/v1.2", "v1.2"),
        ("https://codeberg.org/a/b/src/branch/next", "next"),
    ],
)
def test_a_page_of_a_branch_gives_repository_and_ref(text: str, ref: str) -> None:
    found = read(text)
    assert (found.name, found.ref) == ("b", ref)
    assert read(text, "other").ref == "other"


def test_a_query_or_fragment_of_a_page_is_nothing_to_git() -> None:
    found = read("https://github.com/a/b?tab=readme#license")
    assert (found.url, found.kind) == ("https://github.com/a/b", Kind.REPOSITORY)


def test_a_named_ref_takes_the_place_of_the_pages() -> None:
    found = read("https://github.com/a/b/pull/5", "main")
    assert (found.ref, found.kind, found.number, found.trust_key) == (
        "main",
        Kind.REF,
        0,
        found.url,
    )


def test_every_pull_request_is_trusted_for_itself() -> None:
    one, two = read("https://github.com/a/b/pull/5"), read("https://github.com/a/b/pull/6/files")
    assert one.url == two.url == "https://github.com/a/b"
    assert len({one.trust_key, two.trust_key, one.url}) == 3


def test_a_repository_called_tree_is_no_page_of_a_branch() -> None:
    assert read("https://h.org/tree/b").url == "https://h.org/tree/b"


@pytest.mark.parametrize("ref", ["", "main", "feature/x-1", "v1.0.2", "a" * 40, "user@branch"])
def test_good_refs(ref: str) -> None:
    assert check_ref(f" {ref} ") == ref


@pytest.mark.parametrize(
    "ref", ["-x", "a..b", "a b", "/a", "a/", "a.lock", "a@{1}", "a//b", "a/.b", "a~1", "a\nb", "."]
)
def test_refused_refs(ref: str) -> None:
    with pytest.raises(Malformed) as refusal:
        check_ref(f"x{ref}" if ref == "\n" else ref)
    assert refusal.value.code == "ref_invalid"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("https://h.org/a/b+c", "b-c"),
        ("https://h.org/a/.github", "github"),
        ("https://h.org/a/~x", "x"),
        ("https://h.org/a/git", "repository"),
        ("https://h.org/a/...", "repository"),
    ],
)
def test_folders_are_plain_visible_names(text: str, folder: str) -> None:
    assert read(text).folder == folder


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"(https|ssh|file)://[a-z@:.\[\]%/-]{0,30}", fullmatch=True),
    )
)
def test_whatever_is_pasted_is_refused_or_made_safe(text: str) -> None:
    try:
        found = read(text)
    except Malformed:
        return
    assert re.fullmatch(r"(https|ssh|file)://[A-Za-z0-9._~+@:/-]+", found.url)
    assert ".." not in found.url.split("/")
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", found.folder)
