import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.oci.core.references import Reference, api_host, parse
from kit.oci.core.refusals import Refused

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("alpine", "docker.io/library/alpine:latest"),
        ("alpine:3.20", "docker.io/library/alpine:3.20"),
        ("gitpod/workspace-full", "docker.io/gitpod/workspace-full:latest"),
        ("docker.io/alpine", "docker.io/library/alpine:latest"),
        ("index.docker.io/library/alpine", "docker.io/library/alpine:latest"),
        ("registry-1.docker.io/a/b", "docker.io/a/b:latest"),
        ("localhost/a", "localhost/a:latest"),
        ("localhost:5000/a/b:c", "localhost:5000/a/b:c"),
        ("ghcr.io/a/b@" + DIGEST, "ghcr.io/a/b@" + DIGEST),
        ("a/b:1@" + DIGEST, "docker.io/a/b:1@" + DIGEST),
        ("GHCR.io/a/b", "ghcr.io/a/b:latest"),
        ("a.b/c__d/e-f.g", "a.b/c__d/e-f.g:latest"),
        ("[::1]:5000/a", "[::1]:5000/a:latest"),
        ("my-reg.com:8080/alpine:1.2.3", "my-reg.com:8080/alpine:1.2.3"),
        ("host:5000", "docker.io/library/host:5000"),
    ],
)
def test_names_are_read_as_docker_reads_them(text: str, whole: str) -> None:
    assert str(parse(text)) == whole
    assert parse(whole) == parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no name"),
        ("a" * 500, "no name"),
        ("f" * 64, "id"),
        ("Alpine", "repository"),
        ("a//b", "repository"),
        ("a/../b", "repository"),
        ("/a", "repository"),
        ("a/", "repository"),
        ("a b", "repository"),
        ("a:", "tag"),
        ("a:-x", "tag"),
        ("a:" + "x" * 129, "tag"),
        ("a@sha256:12", "digest"),
        ("a@", "digest"),
        ("a@b@" + DIGEST, "digest"),
        ("host.x:0/a", "host"),
        ("host.x:99999/a", "host"),
        ("-x.y/a", "host"),
        ("x..y/a", "host"),
        ("user@host.x/a", "digest"),
        ("https://host.x/a", "host"),
        ("a.b/" + "c" * 252, "longer"),
        ("ä.b/c", "host"),
        ("a\n", "repository"),
        ("a:b\n", "tag"),
        ("127.0.0.1:80\r\nX: y/a", "host"),
    ],
)
def test_what_the_grammar_does_not_say_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parse(text)


def test_parts_of_a_name() -> None:
    found = parse("a.b/c:1@" + DIGEST)
    assert (found.name, found.wanted, found.key) == ("a.b/c", DIGEST, f"a.b/c@{DIGEST}")
    assert parse("a.b/c:1").key == "a.b/c:1"
    assert str(parse("a.b/c:1").at(DIGEST)) == f"a.b/c@{DIGEST}"


def test_docker_answers_at_another_host() -> None:
    assert api_host("docker.io") == "registry-1.docker.io"
    assert api_host("ghcr.io") == "ghcr.io"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_what_is_read_stays_what_it_is(text: str) -> None:
    try:
        found = parse(text)
    except Refused:
        return
    assert isinstance(found, Reference)
    assert parse(str(found)) == found
    assert ".." not in found.repository.split("/")
    assert not set(str(found)) & set(" \r\n?#%\\")
