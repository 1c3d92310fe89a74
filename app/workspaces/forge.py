"""What a page of a git host shows: GitHub, GitLab, Bitbucket, Gitea, self-hosted ones too.

The kind of host is read from the shape of the path, since a self-hosted one has any
name. Whether `feature/x/docs` is a branch, or a branch and a folder, no URL tells: it
stays a `place`, which the node resolves when it has the repository's branches.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qs, unquote

from app.faults import Malformed

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_PLACES = frozenset({"tree", "blob", "raw", "blame", "edit"})
_PULLS = {"pull": "pull", "pulls": "pull", "merge_requests": "merge-requests"}
_MARKERS = _PLACES | {
    *("commit", "commits", "pull", "pulls", "merge_requests", "pull-requests"),
    *("issues", "releases", "tags", "tag", "branch", "branches", "src"),
}
_NAMED = frozenset({("releases", "tag"), ("commits", "branch"), ("commits", "tag")})


class Kind(StrEnum):
    """What is opened."""

    REPOSITORY = "repository"
    REF = "ref"
    """A branch or tag."""
    PLACE = "place"
    """A branch, tag or commit, perhaps with a folder or file: the node tells them apart."""
    COMMIT = "commit"
    PULL = "pull"
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a repository; `repository` is the path of its clone URL, without a suffix."""

    repository: tuple[str, ...]
    kind: Kind = Kind.REPOSITORY
    ref: str = ""
    """Branch, tag, full commit, `refs/…` of a pull request, or a place."""
    path: str = ""
    """Folder or file below the repository, when the URL alone tells it."""
    number: int = 0
    """Of the pull request or issue."""


def read_page(host: str, path: str, query: str = "") -> Page:
    """Return what a page's path and query name; raises Malformed.

    What is no page that is known is the repository itself.
    """
    segments = [unquote(part) for part in path.split("/") if part]
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    if "_git" in segments or host == "dev.azure.com":
        return _azure(segments, asked)
    server = _bitbucket_server(segments)
    if server is not None:
        return _server_page(*server, asked)
    repository, tail = _split(segments, host)
    return _tail(Page(repository), tail, asked)


def _split(segments: list[str], host: str) -> tuple[tuple[str, ...], list[str]]:
    if "-" in segments[2:]:  # GitLab keeps its pages apart from nested groups
        at = segments.index("-", 2)
        return tuple(segments[:at]), segments[at + 1 :]
    if host in {"github.com", "bitbucket.org"}:
        return tuple(segments[:2]), segments[2:]
    suffixed = next((at for at, one in enumerate(segments) if one.endswith(".git")), None)
    if suffixed is not None:
        return tuple(segments[: suffixed + 1]), segments[suffixed + 1 :]
    for at in range(2, len(segments)):
        if segments[at] in _MARKERS:
            return tuple(segments[:at]), segments[at:]
    return tuple(segments), []


def _tail(page: Page, tail: Sequence[str], asked: dict[str, str]) -> Page:
    if len(tail) < 2:
        return page
    marker, rest = tail[0], list(tail[1:])
    if marker in _PULLS:
        return _pull(page, f"refs/{_PULLS[marker]}/{{}}/head", rest[0])
    if marker == "issues":
        return replace(page, kind=Kind.ISSUE, number=_number(rest[0]))
    if marker == "commit":
        return _commit(page, rest[0])
    if marker == "pull-requests":
        raise Malformed(
            "url_needs_host",
            "Bitbucket names a pull request's branch only through its API",
            "Podium does not ask it yet; git alone cannot tell the branch.",
            "Open the pull request's source branch and paste its URL.",
        )
    return _ref_or_place(page, marker, rest, asked)


def _ref_or_place(page: Page, marker: str, rest: list[str], asked: dict[str, str]) -> Page:
    named = None
    if marker in {"branch", "tags"}:
        named = rest
    elif (marker, rest[0]) in _NAMED:
        named = rest[1:]
    if named is not None:
        return replace(page, kind=Kind.REF, ref="/".join(named)) if named else page
    if marker == "src" and len(rest) > 1 and rest[0] in {"branch", "tag", "commit"}:  # Gitea
        return _place(page, rest[1:])
    if marker == "src" and asked.get("at"):
        return replace(page, kind=Kind.REF, ref=_plain(asked["at"]), path="/".join(rest[1:]))
    if marker in _PLACES or marker in {"src", "commits"}:
        return _place(page, rest)
    return page


def _place(page: Page, rest: Sequence[str]) -> Page:
    place = _plain("/".join(rest))
    first, _, path = place.partition("/")
    if _COMMIT.fullmatch(first):
        return replace(page, kind=Kind.COMMIT, ref=first, path=path)
    return replace(page, kind=Kind.PLACE, ref=place)


def _pull(page: Page, pattern: str, number: str) -> Page:
    found = _number(number)
    return replace(page, kind=Kind.PULL, ref=pattern.format(found), number=found)


def _commit(page: Page, commit: str) -> Page:
    if _SHORT_COMMIT.fullmatch(commit) is None:
        raise Malformed(
            "url_commit",
            "The URL does not name a commit",
            f"{commit[:80]!r} is no commit id.",
            "A commit id has 7 to 40 digits from 0 to f.",
        )
    return replace(page, kind=Kind.COMMIT if _COMMIT.fullmatch(commit) else Kind.PLACE, ref=commit)


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise Malformed(
            "url_number",
            "The URL does not name a pull request or issue",
            f"{text[:80]!r} is no number.",
            "Copy the address of the pull request or issue once more.",
        )
    return int(text)


def _plain(ref: str) -> str:
    for prefix in ("refs/heads/", "refs/tags/"):
        ref = ref.removeprefix(prefix)
    return ref.strip("/")


def _bitbucket_server(segments: list[str]) -> tuple[tuple[str, ...], list[str]] | None:
    for at, word in enumerate(segments[:-3]):
        if word in {"projects", "users"} and segments[at + 2] == "repos":
            owner = segments[at + 1] if word == "projects" else f"~{segments[at + 1]}"
            place = (*segments[:at], "scm", owner.lower(), segments[at + 3])
            return place, segments[at + 4 :]
    return None


def _server_page(repository: tuple[str, ...], tail: list[str], asked: dict[str, str]) -> Page:
    page = Page(repository)
    path = "/".join(tail[1:]) if tail[:1] == ["browse"] else ""
    if tail[:1] == ["pull-requests"] and len(tail) > 1:
        return _pull(page, "refs/pull-requests/{}/from", tail[1])
    if tail[:1] == ["commits"] and len(tail) > 1:
        return _commit(page, tail[1])
    ref = _plain(asked.get("at", "") or asked.get("until", ""))
    if _COMMIT.fullmatch(ref):
        return replace(page, kind=Kind.COMMIT, ref=ref, path=path)
    return replace(page, kind=Kind.REF if ref else Kind.REPOSITORY, ref=ref, path=path)


def _azure(segments: list[str], asked: dict[str, str]) -> Page:
    if "_git" not in segments and len(segments) == 2:
        segments = [*segments, "_git", segments[1]]
    at = segments.index("_git") if "_git" in segments else 0
    if at < 1 or len(segments) < at + 2:
        raise Malformed(
            "url_path",
            "The URL does not name a repository",
            "An Azure DevOps repository is organisation/project/_git/name.",
            "Copy the address from the repository's Clone button.",
        )
    page, tail = Page(tuple(segments[: at + 2])), segments[at + 2 :]
    if tail[:1] == ["commit"] and len(tail) > 1:
        return _commit(page, tail[1])
    if tail[:1] == ["pullrequest"] and len(tail) > 1:
        return _pull(page, "refs/pull/{}/merge", tail[1])
    version, path = asked.get("version", ""), asked.get("path", "").strip("/")
    if version[:2] == "GC":
        return replace(_commit(page, version[2:]), path=path)
    if version[:2] in {"GB", "GT"}:
        return replace(page, kind=Kind.REF, ref=version[2:], path=path)
    return replace(page, path=path)
