"""The name of a build: a hash of all that it is made of, so that nothing is built twice. Pure.

In: whose it is, the Dockerfile's text, stage and arguments, git's ids of the files that it can
read, and the digest of the installation's image that it begins with. Not in: address and commit
of the repository, since most commits change nothing of it; the digests of foreign images, since
a tag that moves should not make everybody wait (the same as Gitpod's).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

PROCESS = "1"
"""Raised whenever the builder makes something else of the same files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """What an image is built from."""

    organisation: str
    """Nobody gets an image that somebody of another organisation has had built."""
    dockerfile: str
    """Its text."""
    base: str
    """Digest of the installation's image, empty without one."""
    target: str
    arguments: Mapping[str, str]
    objects: Mapping[str, str]
    """Path in the context → git's id, empty for what is not there."""
    features: Sequence[str] = ()
    """What is installed above it, in its order: for each a text that says all of it."""
    person: str = ""
    """Whose passwords or secrets count for it: nobody else gets what comes of them."""


def key_of(made_of: Ingredients) -> str:
    """Return 64 hexadecimal characters; `Key: value` lines in order, as Gitpod hashes them."""
    lines = {
        "Base": made_of.base,
        "Dockerfile": sha256(made_of.dockerfile.encode()).hexdigest(),
        "Organisation": made_of.organisation,
        "Process": PROCESS,
        "Target": made_of.target,
        **{f"Argument/{name}": _one_line(text) for name, text in made_of.arguments.items()},
        **{f"Feature/{n:03}": _one_line(text) for n, text in enumerate(made_of.features)},
        **{f"Object/{_one_line(path)}": name for path, name in made_of.objects.items()},
    }
    if made_of.person:
        lines["Person"] = made_of.person
    text = "".join(f"{name}: {value}\n" for name, value in sorted(lines.items()))
    return sha256(text.encode()).hexdigest()


def _one_line(text: str) -> str:
    return text.encode("unicode_escape").decode()
