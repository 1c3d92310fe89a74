"""A mirror: one bare repository per remote repository and node, from which workspaces are filled.

Before a mirror is used the remote is asked, with the credentials of the person
who starts, what it shows: that is the access check, and it tells whether anything
is to be fetched. The mirror's refs are always made equal to that answer, so what
one person may see reaches no other by its refs. Packs are copied whole only while
the mirror holds nothing that its refs do not lead to; once a branch was rewound
or deleted it is marked, and workspaces get what its refs lead to, until it has
been repacked.

Only the standard library is imported, because git's helper process uses this too.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

STORE: Final = "/mirror"
"""Where git's root shows the folder of the mirror."""
WHOLE: Final = "git"
"""The bare repository in it; always complete, since it comes into being by a rename."""
GROWING: Final = "new"
"""A first fetch; whoever holds the lock and finds one clears it."""
MARK: Final = "loose"
"""A file: the mirror may hold what its refs do not lead to."""
MOST_PACKS: Final = 20
"""A mirror with more is repacked: each is a file to copy and to search."""

TOLD: Final = "podium: "
"""Begins the helper's own lines of progress; what a remote says begins with `remote: `."""

_PORTS: Final = {"https": 443, "http": 80, "ssh": 22}
_REFSPECS: Final = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_KINDS: Final = ("refs/heads/", "refs/tags/")
_DAMAGED: Final = re.compile(
    r"bad object|nonexistent object|is corrupt|corrupt (?:loose )?object|unable to read"
    r"|missing (?:blob|tree|commit)|packfile .* (?:is|does)|did not send all necessary objects"
    r"|not a git repository|unresolved deltas",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a remote shows, or a mirror holds: the branch of HEAD, and ref → object id."""

    head: str = ""
    """Full name of the branch that HEAD points to; empty when detached, unborn or unknown."""
    refs: dict[str, str] = field(default_factory=dict)
    """Branches and tags alone."""


def mirror_key(url: str) -> str:
    """Return the name of the address's mirror: 64 hex digits of its normalised form.

    Two spellings that are taken for one but are two repositories after all do no
    harm, because the refs are compared each time.
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port
    place = f":{port}" if port not in {None, _PORTS.get(parts.scheme)} else ""
    path = parts.path.rstrip("/").removesuffix(".git")
    user = f"{parts.username}@" if parts.username else ""
    return sha256(f"{parts.scheme}://{user}{host}{place}{path}".encode()).hexdigest()


def ask_command(url: str) -> list[str]:
    """Return the command that asks the remote for everything it shows."""
    return ["git", "ls-remote", "--symref", "--", url]


def fetch_command(url: str, folder: str) -> list[str]:
    """Return the command that makes a mirror's branches and tags equal to the remote's."""
    command = ["git", "-C", f"{STORE}/{folder}", "-c", "transfer.unpackLimit=1", "fetch"]
    command += ["--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"]
    return [*command, "--progress", "--", url, *_REFSPECS]


def parse_shown(text: str) -> Shown:
    """Return what `git ls-remote --symref` tells, or for-each-ref in the same form."""
    head, refs = "", dict[str, str]()
    for line in text.split("\n"):
        value, _tab, name = line.partition("\t")
        if name == "HEAD" and value.startswith("ref: refs/heads/"):
            head = value.removeprefix("ref: ")
        elif name.startswith(_KINDS) and not name.endswith("^{}") and not value.startswith("ref:"):
            refs[name] = value
    return Shown(head, refs) if head in refs else Shown("", refs)


def rewound(held: Shown, shown: Shown) -> tuple[bool, list[str]]:
    """Return whether something is surely let go of, and the old heads of which git can tell.

    A deleted or moved tag counts at once: the tag itself is an object, too.
    """
    changed = [name for name, one in held.refs.items() if shown.refs.get(name) != one]
    heads = [held.refs[name] for name in changed if name.startswith(_KINDS[0])]
    return len(heads) < len(changed), heads


def is_damaged(said: str) -> bool:
    """Tell whether git's words mean that the mirror itself is broken."""
    return bool(_DAMAGED.search(said))


def is_beyond_limit(said: str) -> bool:
    """Tell whether git's words mean that a file grew beyond what it may."""
    return "File too large" in said


def over_limit(sizes: dict[str, tuple[float, int]], limit: int) -> list[str]:
    """Return the mirrors to drop, least recently used first; values are (last use, bytes)."""
    total, chosen = sum(size for _used, size in sizes.values()), []
    for key, (_used, size) in sorted(sizes.items(), key=lambda one: one[1]):
        if total <= limit:
            break
        total -= size
        chosen.append(key)
    return chosen
