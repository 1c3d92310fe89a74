"""Files that a workspace begins with beside its repository: what may be asked for. Pure.

They are fetched by an ordinary user in the workspace's own network, whose rules keep private
addresses away, and count only with the digest that was asked for.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from daemon.core.frozen import LEFT_OUT
from daemon.core.refused import Refused

MOST: Final = 20
LARGEST: Final = 2 << 30
"""Bytes of all of them together."""
WITHIN: Final = 1800.0
"""Seconds for all of them together, however slowly they come."""
_LONGEST: Final = 2048
_LONGEST_NAME: Final = 255
"""Bytes of a name, which file systems have."""
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_SCHEMES: Final = frozenset({"https", "http"})


class Download(Struct, frozen=True):
    """One file."""

    url: str
    path: str
    """Below /workspace."""
    digest: str
    """`sha256:` and 64 digits."""


def downloads_of(wanted: Sequence[tuple[str, str, str]], folder: str) -> tuple[Download, ...]:
    """Return what is to be fetched (url, path, digest); raises Refused.

    `folder` is the repository's, in which git alone puts files. Which of the two schemes are
    switched on here is looked at later, because the person who typed them is to be told.
    """
    if len(wanted) > MOST:
        raise Refused(f"at most {MOST} files can be downloaded")
    found = tuple(_one(*one, folder) for one in wanted)
    places = {one.path for one in found}
    if len(places) != len(found) or any(places & set(_above(one)) for one in places):
        raise Refused("no file can be at another one's path, or below it")
    return found


def in_folder(files: Sequence[Download], folder: str) -> str:
    """Return the path of a file that would lie in the repository's folder; empty when none does.

    A frozen tree has its repository where it had it, whatever the order says.
    """
    return next((one.path for one in files if one.path.split("/")[0] == folder), "")


def _above(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:end]) for end in range(1, len(names))]


def _one(url: str, path: str, digest: str, folder: str) -> Download:
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise Refused("the URL of a download must be plain ASCII")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise Refused("the URL of a download cannot be read") from error
    if parts.scheme not in _SCHEMES or not host or "@" in parts.netloc:
        raise Refused("a download needs an http URL without a password")
    names = path.split("/")
    plain = path.isprintable() and not {"", ".", ".."} & set(names) and "\\" not in path
    long = len(path) > _LONGEST or any(len(one.encode()) > _LONGEST_NAME for one in names)
    if not plain or long or names[0] == folder or names[0].startswith(LEFT_OUT):
        raise Refused("the path of a download must be plain, beside the repository's folder")
    if _DIGEST.fullmatch(digest) is None:
        raise Refused("a download needs a digest: sha256: and 64 digits")
    return Download(url, path, digest)
