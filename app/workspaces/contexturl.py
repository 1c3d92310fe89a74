"""What stands before the address in a link, as Gitpod's links have it. Pure.

    #https://github.com/owner/name              the address alone
    #NAME=value,OTHER=v2/https://…              variables of the workspace
    #referrer:client:ide/https://…              which program the click came from, and what it opens
    #imagebuild/https://…                       build the image again
    #open-prebuild/<id>/https://…               open what a prebuild left
    #snapshot/<id>                              open a snapshot

Exactly one prefix is taken off; they do not stack. Variables that could make a shell,
a loader or git do something else are left out silently: a link is not trusted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from app.faults import Malformed

_LINK = re.compile(r"https?://[^/?#\s]+/?#(.+)", re.ASCII | re.DOTALL)
_REFERRER = re.compile(r"referrer:([^/:]{0,60})(?::([^/]{0,60}))?/")
_PREBUILD = re.compile(r"open-prebuild/([^/]+)/")
_SNAPSHOT = re.compile(r"snapshot/([^/]+)/?")
_VARIABLES = re.compile(r"[^/]*=[^/]*/")
_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9_\-.?=]*", re.ASCII)
_DENIED = re.compile(
    r"BASH_ENV|ENV|PROMPT_COMMAND|PS[0-4]|ZDOTDIR|PATH|CDPATH|SHELL|IFS"
    r"|(?:LD|GIT|NODE|JAVA|PYTHON|PERL|GITPOD|PODIUM|SUPERVISOR)_.*|PYTHON.*|PERL.*"
    r"|.*_(?:PATH|HOME|CONFIG|OPTIONS|STARTUP|INIT)",
    re.ASCII,
)
_LONGEST = 256
_MOST = 50


@dataclass(frozen=True, slots=True)
class Opener:
    """A program on a computer that a click came from."""

    client: str = ""
    """Its id; empty for none."""
    ide: str = ""
    """What it wants to open; empty for no wish."""


NOBODY = Opener()


@dataclass(frozen=True, slots=True)
class ContextUrl:
    """A link taken apart; `address` is what is left to be read as a repository's URL."""

    address: str
    variables: Mapping[str, str] = field(default_factory=dict)
    build_image: bool = False
    opener: Opener = NOBODY


def split(text: str) -> ContextUrl:
    """Take a link apart.

    Raises Malformed (context_unsupported) for a snapshot's or prebuild's link.
    """
    text = _bare(text)
    if _SNAPSHOT.fullmatch(text):
        raise Malformed(
            "context_snapshot",
            "This is a link to a snapshot",
            cure="Open it in the browser, or with `podium snapshot open`.",
        )
    if _PREBUILD.match(text):
        raise _unsupported("a prebuild")
    if text.startswith("imagebuild/"):
        return ContextUrl(text.removeprefix("imagebuild/"), build_image=True)
    referrer = _REFERRER.match(text)
    if referrer is not None:
        opener = Opener(referrer[1], referrer[2] or "")
        return ContextUrl(text[referrer.end() :], opener=opener)
    prefix = variables_prefix(text)
    return ContextUrl(text[len(prefix) :], variables_of(prefix))


def snapshot_of(text: str) -> str:
    """Return the id of the snapshot that a link is to; empty when it is to something else."""
    found = _SNAPSHOT.fullmatch(_bare(text))
    return "" if found is None else found[1]


def _bare(text: str) -> str:
    """Return what stands behind the hash, of a whole link too."""
    text = text.strip()
    link = _LINK.fullmatch(text)
    return (link[1] if link else text).removeprefix("#").removeprefix("/")


def variables_prefix(text: str) -> str:
    """Return the part of a link that sets variables, with its slash; empty when there is none."""
    found = _VARIABLES.match(text)
    if found is None or "://" in found[0] or "?" in found[0].partition("=")[0]:
        return ""
    return found[0] if any(_pairs(found[0])) else ""


def variables_of(prefix: str) -> dict[str, str]:
    """Return the variables of a prefix that are safe; the others are left out."""
    found = {}
    for name, raw in _pairs(prefix):
        value = unquote(raw)
        fits = _NAME.fullmatch(name) and _VALUE.fullmatch(value)
        if fits and not _DENIED.fullmatch(name) and max(len(name), len(value)) <= _LONGEST:
            found[name] = value
    return dict(list(found.items())[:_MOST])


def _pairs(prefix: str) -> list[tuple[str, str]]:
    parts = [one.split("=") for one in prefix.removesuffix("/").split(",")]
    return [(one[0], one[1]) for one in parts if len(one) == 2 and one[0] and one[1]]


def _unsupported(what: str) -> Malformed:
    return Malformed(
        "context_unsupported",
        f"This is a link to {what}",
        f"This installation does not open {what} from a link yet.",
        "Paste the repository's own URL.",
    )
