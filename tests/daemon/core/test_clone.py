import pytest

from daemon.core import clone
from daemon.core.clone import Source
from daemon.core.faults import Fault

PROTOCOLS = ("https", "ssh", "file")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/gitpod-io/empty",
        "https://example.org:8443/a/b.git",
        "https://[2001:db8::1]/a.git",
        "ssh://git@example.org/a/b.git",
        "ssh://example.org:22/a.git",
    ],
)
def test_ordinary_addresses_pass(url):
    assert clone.parse_source(url, "main", PROTOCOLS) == Source(url, "main", "")


def test_a_local_address_is_a_decoded_path():
    source = clone.parse_source("file:///srv/git/a%20b", "", PROTOCOLS)
    assert source.path == "/srv/git/a b"
    assert clone.parse_source("file://localhost/x", "", PROTOCOLS).path == "/x"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/git/x",
        "git@github.com:a/b.git",
        "--upload-pack=touch /tmp/x",
        "ext::sh -c touch% /tmp/x",
        "ext::https://x/y",
        "ftp://example.org/x",
        "https://example.org",
        "https://example.org/",
        "https:///x",
        "https://user:secret@example.org/x",
        "https://token@example.org/x",
        "https://-oProxyCommand=x/y",
        "ssh://-oProxyCommand=x/y",
        "ssh://-l@example.org/y",
        "https://example.org/x?y=1",
        "https://example.org/x#y",
        "https://example.org/a\nb",
        "https://example.org/a b",
        "https://example.org:0/a",
        "https://example.org:99999/a",
        "https://exam\\ple.org/a",
        "https://[::1/a",
        "file://example.org/x",
        "file:relative",
        "file:///a%00b",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_odd_addresses_are_refused(url):
    refused = clone.parse_source(url, "", PROTOCOLS)
    assert isinstance(refused, Fault)
    assert refused.code == "url_refused"
    assert "secret" not in refused.detail


def test_a_protocol_that_is_switched_off():
    assert clone.parse_source("http://example.org/x", "", PROTOCOLS).code == "protocol_refused"
    assert clone.parse_source("http://example.org/x", "", ("http",)).url == "http://example.org/x"


@pytest.mark.parametrize("ref", ["", "main", "feature/x", "v1.0", "a-b_c", COMMIT, "ünder"])
def test_ordinary_refs_pass(ref):
    assert clone.parse_source("https://example.org/x", ref, PROTOCOLS).ref == ref


@pytest.mark.parametrize(
    "ref",
    ["-b", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "@{-1}", "a//b", "/a",
     "a/", "a.", "a.lock", "a\nb", "x" * 300],
)  # fmt: skip
def test_odd_refs_are_unknown(ref):
    assert clone.parse_source("https://example.org/x", ref, PROTOCOLS).code == "ref_unknown"


def test_gits_environment_is_all_its_own():
    environment = clone.git_environment(PROTOCOLS)
    assert environment["GIT_ALLOW_PROTOCOL"] == "https:ssh:file"
    assert environment["GIT_TERMINAL_PROMPT"] == "0"
    assert environment["GIT_CONFIG_NOSYSTEM"] == "1"
    assert environment["HOME"] == "/nonexistent"


def test_the_command_for_the_default_branch():
    assert clone.clone_command(Source("https://example.org/x", "", "")) == [
        "git", "clone", "--no-checkout", "--no-hardlinks", "--progress",
        "--", "https://example.org/x", "/target/.podium-clone",
    ]  # fmt: skip


def test_the_command_for_a_branch_of_a_local_repository():
    command = clone.clone_command(Source("file:///srv/x", "main", "/srv/x"))
    assert command[:3] == ["git", "-c", "url.file:///source.insteadOf=file:///srv/x"]
    assert command[-5:] == ["--branch", "main", "--", "file:///srv/x", "/target/.podium-clone"]


def test_a_commit_is_no_branch():
    source = Source("https://example.org/x", COMMIT, "")
    assert source.commit == COMMIT
    assert "--branch" not in clone.clone_command(source)
    turn = clone.turn_of(source)
    assert (turn["commit"], turn["branch"], turn["place"]) == (COMMIT, "", "")
    assert turn["fetch"][-2:] == ["origin", COMMIT]
    local = Source("file:///x", COMMIT, "/x")
    assert clone.turn_of(local)["fetch"][1] == "-c"
    assert Source("https://example.org/x", "main", "").commit == ""


@pytest.mark.parametrize(
    ("ref", "branch"),
    [
        ("refs/pull/7/head", "pull/7"),
        ("refs/pull/7/merge", "pull/7"),
        ("refs/merge-requests/12/head", "merge-requests/12"),
        ("refs/pull-requests/3/from", "pull-requests/3"),
    ],
)
def test_a_pull_request_becomes_a_branch_of_its_own(ref, branch):
    source = clone.parse_source("https://example.org/x", ref, PROTOCOLS)
    assert isinstance(source, Source)
    assert source.branch == branch
    assert "--branch" not in clone.clone_command(source)
    turn = clone.turn_of(source)
    assert turn["fetch"][-1] == f"+{ref}:refs/heads/{branch}"
    assert turn["branch"] == branch


def test_a_place_is_found_after_the_clone():
    place = "feature/x/my docs/a b.txt"
    source = clone.parse_source("https://example.org/x", place, PROTOCOLS, place=True)
    assert isinstance(source, Source)
    assert "--branch" not in clone.clone_command(source)
    turn = clone.turn_of(source)
    assert (turn["place"], turn["commit"], turn["fetch"]) == (place, "", [])


@pytest.mark.parametrize("place", ["a/../b", "../b", "a\nb", "-x", ":x", "x" * 1300])
def test_a_place_that_is_no_path_is_refused(place):
    for refused in (
        clone.parse_source("https://example.org/x", place, PROTOCOLS, place=True),
        clone.parse_source("https://example.org/x", "main", PROTOCOLS, inside=place),
    ):
        assert isinstance(refused, Fault)
        assert refused.code == "ref_unknown"


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/pull/0/head", "refs/pull/7/head/x"])
def test_other_full_refs_are_refused(ref):
    assert isinstance(clone.parse_source("https://example.org/x", ref, PROTOCOLS), Fault)


def test_the_commands_around_a_mirror():
    source = Source("https://example.org:8443/a/b", "feature", "")
    commands = clone.mirror_commands(source)
    assert commands["host"] == "example.org"
    assert commands["ask"] == ["git", "ls-remote", "--symref", "--", source.url]
    assert commands["shared"][-3:] == ["--", "/mirror/git", "/target/.podium-clone"]
    assert commands["through"][-3:] == ["--", source.url, "/target/.podium-clone"]
    for name in ("shared", "through"):
        assert commands[name][commands[name].index("--branch") + 1] == "feature"


def test_a_partial_clone_leaves_old_files_and_gets_those_of_head():
    source = clone.parse_source("https://example.org/x", "", PROTOCOLS, partial=True)
    assert "--filter=blob:none" in clone.clone_command(source)
    assert "--stdin" in clone.fill_command(source)
    assert clone.fill_command(Source("https://example.org/x", "", "")) == []
