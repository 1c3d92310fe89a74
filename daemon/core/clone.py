"""How a repository is cloned: which addresses pass, which commands run, what an error means.

git runs in a small root of its own: the target is /target, a local repository
/source. Its address stays what the person gave, because git itself is told to
read `file:///source` instead of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from daemon.core.credentials import AGENT, NONE, Credentials, ssh_command
from daemon.core.faults import Fault, fault
from daemon.core.mirror import STORE, WHOLE, ask_command

TARGET: Final = "/target"
SOURCE: Final = "/source"
CLONE_FOLDER: Final = ".podium-clone"
"""Where a clone grows below the workspace's tree until it is renamed."""
_CLONE: Final = f"{TARGET}/{CLONE_FOLDER}"

_SCHEMES = frozenset({"https", "http", "ssh", "file"})
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_PULL = re.compile(r"refs/(pull|pull-requests|merge-requests)/([1-9][0-9]*)/[a-z]+", re.ASCII)
_UNFIT_PLACE = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)|^[-:/]")
_UNFIT_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/]|[/.]$|\.lock$")
_UNFIT_URL = re.compile(r"[\x00-\x20\x7f\\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[0-9a-z](?:[0-9a-z.-]*[0-9a-z])?|[0-9a-f:.]+", re.ASCII | re.IGNORECASE)
_LONGEST_URL = 2048
_LONGEST_REF = 255
_LONGEST_PLACE = 1280


@dataclass(frozen=True, slots=True)
class Source:
    """An address that passed; `path` is the folder of a file:// address, else empty."""

    url: str
    ref: str
    path: str
    place: bool = False
    """The ref is a place: what follows a branch, tag or commit in it is a folder or file."""
    inside: str = ""
    """Folder or file that the ref was asked for with."""
    partial: bool = False
    """Old versions of files stay on the git host until somebody looks at them."""

    @property
    def commit(self) -> str:
        """The ref when it is a full commit id, else empty."""
        return self.ref if _COMMIT.fullmatch(self.ref) else ""

    @property
    def branch(self) -> str:
        """The local branch of a pull request's ref (`refs/pull/7/head` → `pull/7`), else empty."""
        found = _PULL.fullmatch(self.ref)
        return f"{found[1]}/{found[2]}" if found else ""


def parse_source(
    url: str,
    ref: str,
    protocols: Sequence[str],
    *,
    place: bool = False,
    inside: str = "",
    partial: bool = False,
) -> Source | Fault:
    """Return the source, or the fault that tells why the address or the ref is refused."""
    try:
        parts = urlsplit(url)
        unfit = _unfit_url(url) or _unfit_parts(parts)
    except ValueError:
        return fault("url_refused", "The address cannot be parsed.")
    if unfit:
        return fault("url_refused", unfit)
    if parts.scheme not in protocols:
        return fault("protocol_refused", f"{parts.scheme} is not among PODIUM_GIT_PROTOCOLS.")
    if (not place and _unfit_ref(ref)) or any(map(_unfit_place, [ref] * place + [inside])):
        return fault("ref_unknown", f"{ref[:80]!r} cannot name a branch, tag or commit.")
    local = unquote(parts.path) if parts.scheme == "file" else ""
    return Source(url, ref, local, place, inside, partial)


def _unfit_ref(ref: str) -> bool:
    whole = not ref.startswith("refs/") or _PULL.fullmatch(ref)
    return len(ref) > _LONGEST_REF or bool(_UNFIT_REF.search(ref)) or not whole


def _unfit_place(place: str) -> bool:
    return len(place) > _LONGEST_PLACE or bool(_UNFIT_PLACE.search(place))


def _unfit_url(url: str) -> str:
    if (
        not url
        or len(url) > _LONGEST_URL
        or _UNFIT_URL.search(url)
        or _CONTROL.search(unquote(url))
    ):
        return "The address is empty, too long or holds odd characters."
    return ""


def _unfit_parts(parts: SplitResult) -> str:
    if parts.scheme not in _SCHEMES:
        return "Only https, ssh and file addresses name a repository."
    if parts.query or parts.fragment or parts.password is not None:
        return "The address carries a query, a fragment or a password."
    if parts.scheme == "file":
        path = unquote(parts.path)
        whole = parts.netloc in {"", "localhost"} and path.startswith("/") and "\0" not in path
        return "" if whole else "A file address is file:// and an absolute path."
    if _HOST.fullmatch(parts.hostname or "") is None or parts.port == 0 or parts.path in {"", "/"}:
        return "The address has no valid host or no path."
    user = parts.username or ""
    if user.startswith("-") or (user and parts.scheme != "ssh"):
        return "The address carries a user name."
    return ""


def git_environment(protocols: Sequence[str], credentials: Credentials = NONE) -> dict[str, str]:
    """Return git's whole environment; nothing of the daemon's passes."""
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/etc/gitconfig",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_SSH_COMMAND": ssh_command(credentials),
        "SSH_AUTH_SOCK": AGENT,
        "GIT_ALLOW_PROTOCOL": ":".join(protocols),
    }


GIT_CONFIG: Final = (
    "[safe]\n\tdirectory = *\n"
    "[core]\n\thooksPath = /dev/null\n\tfsmonitor = false\n"
    "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
    "[init]\n\tdefaultBranch = main\n"
    "[http]\n\tlowSpeedLimit = 500\n\tlowSpeedTime = 60\n\tfollowRedirects = initial\n"
    "[transfer]\n\tcredentialsInUrl = die\n"
    "[advice]\n\tdetachedHead = false\n"
)
"""git's global file in its root: the source may belong to anybody (its root holds nothing
else), no hook ever runs, a stalled transfer ends after a minute."""


def clone_command(source: Source) -> list[str]:
    """Return the command that fetches everything and checks out nothing."""
    command = ["git"]
    if source.path:
        command += ["-c", f"url.file://{SOURCE}.insteadOf={source.url}"]
    return [*command, *_clone(source, "--no-hardlinks"), source.url, _CLONE]


def mirror_commands(source: Source) -> dict[str, object]:
    """Return the commands that ask, and that clone from the mirror, for `host.clone_mirror`.

    `shared` refers to the mirror's objects until they are copied; `through` gets what the
    mirror's refs lead to.
    """
    whole = f"{STORE}/{WHOLE}"
    through = ["git", "-c", f"url.file://{whole}.insteadOf={source.url}"]
    return {
        "url": source.url,
        "host": urlsplit(source.url).hostname or "",
        "ask": ask_command(source.url),
        "shared": ["git", *_clone(source, "--shared"), whole, _CLONE],
        "through": [*through, *_clone(source, "--no-hardlinks"), source.url, _CLONE],
    }


def _clone(source: Source, sharing: str) -> list[str]:
    command = ["clone", "--no-checkout", sharing, "--progress"]
    if source.partial:
        command.append("--filter=blob:none")
    if source.ref and not (source.commit or source.branch or source.place):
        command += ["--branch", source.ref]
    return [*command, "--"]


def turn_of(source: Source) -> dict[str, object]:
    """Return what HEAD of the clone is turned to, for `host.clone_turn`."""
    return {
        "place": source.ref if source.place else "",
        "commit": "" if source.place else source.commit,
        "branch": source.branch,
        "fetch": _fetch_command(source),
        "path": source.inside,
    }


def fill_command(source: Source) -> list[str]:
    """Return the command that gets the files of HEAD, named on stdin, for a partial clone.

    It is what git itself runs for an object that a partial clone lacks.
    """
    if not source.partial:
        return []
    command = ["git", "-c", "fetch.negotiationAlgorithm=noop", "fetch", "origin", "--no-tags"]
    return [*command, "--no-write-fetch-head", "--filter=blob:none", "--progress", "--stdin"]


def _fetch_command(source: Source) -> list[str]:
    """Return the command that asks for what no branch or tag leads to.

    That is a pull request's ref, or a commit: a host may refuse one, then it counts as unknown.
    """
    if source.place or not (source.commit or source.branch):
        return []
    wanted = f"+{source.ref}:refs/heads/{source.branch}" if source.branch else source.commit
    command = ["git"]
    if source.path:
        command += ["-c", f"url.file://{SOURCE}.insteadOf={source.url}"]
    return [*command, "fetch", "--progress", "origin", wanted]
