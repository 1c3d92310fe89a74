"""Names of images, read as Docker reads them (distribution/reference, the grammar and its notes).

`alpine` is `docker.io/library/alpine:latest`; the first part is a host when it has a dot or a
port, or is `localhost`. What the grammar does not say is refused, never repaired.
"""

import re
from dataclasses import dataclass, replace

from kit.oci.core.digests import is_digest
from kit.oci.core.refusals import Refused

DOCKER = "docker.io"
_DOCKER_API = "registry-1.docker.io"
_OTHER_NAMES_OF_DOCKER = frozenset({DOCKER, "index.docker.io", _DOCKER_API})
_LATEST = "latest"

_LONGEST_NAME = 255
"""Characters of host and repository, as in Docker."""
_LONGEST = _LONGEST_NAME + 1 + 128 + 1 + 71
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOST = re.compile(
    rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?", re.ASCII
)
COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{COMPONENT}(?:/{COMPONENT})*", re.ASCII)
TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_TAG = re.compile(TAG, re.ASCII)
_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Reference:
    """An image of a registry; `str` of it is the whole name."""

    host: str
    """As people write it, lower case, with its port when it has one: `docker.io`."""
    repository: str
    """With `library/` where Docker adds it."""
    tag: str = ""
    """Empty when only a digest is named."""
    digest: str = ""
    """Empty when only a tag is named; with one, the tag is a remark."""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}{'@' if self.digest else ''}{self.digest}"

    @property
    def name(self) -> str:
        """Host and repository."""
        return f"{self.host}/{self.repository}"

    @property
    def wanted(self) -> str:
        """What a registry is asked for: the digest, else the tag."""
        return self.digest or self.tag

    @property
    def key(self) -> str:
        """Name in a store: with the digest alone when there is one, so that tags do not count."""
        return f"{self.name}@{self.digest}" if self.digest else f"{self.name}:{self.tag}"

    def at(self, digest: str) -> "Reference":
        """Return the same repository's image of that digest, without a tag."""
        return replace(self, tag="", digest=digest)


def parse(text: str) -> Reference:
    """Return what a text names; raises Refused, whose text says what is wrong with it."""
    if not text or len(text) > _LONGEST:
        raise Refused(f"{_short(text)} is no name of an image: it has {len(text)} characters")
    if _ID.fullmatch(text):
        raise Refused("64 hexadecimal digits are an image's id, and no name of one")
    name, at, digest = text.partition("@")
    if at and not is_digest(digest):
        raise Refused(f"{_short(text)} ends in {_short(digest)}, which is no sha256 digest")
    name, tag = _split_tag(name)
    host, repository = _split_host(name)
    if _HOST.fullmatch(host) is None or not _is_port(host):
        raise Refused(f"{_short(host)} is no host of a registry")
    if not is_repository(repository):
        raise Refused(f"{_short(repository)} is no name of a repository of images")
    if len(host) + 1 + len(repository) > _LONGEST_NAME:
        raise Refused(f"{_short(name)} is longer than {_LONGEST_NAME} characters")
    if tag is not None and not is_tag(tag):
        raise Refused(f"{_short(tag)} is no tag of an image")
    return Reference(host, repository, tag or ("" if digest else _LATEST), digest)


def is_repository(text: str) -> bool:
    """Tell whether a text has the form of a repository's name, however long."""
    return _REPOSITORY.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Tell whether a text has the form of a tag."""
    return _TAG.fullmatch(text) is not None


def api_host(host: str) -> str:
    """Return the host that answers for a registry: Docker's has another name than its images."""
    return _DOCKER_API if host == DOCKER else host


def _split_tag(name: str) -> tuple[str, str | None]:
    before, colon, after = name.rpartition(":")
    return (before, after) if colon and "/" not in after else (name, None)


def _split_host(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_host = slash and (set(first) & {".", ":"} or first == "localhost" or first.lower() != first)
    host, repository = (first.lower(), rest) if is_host else (DOCKER, name)
    if host in _OTHER_NAMES_OF_DOCKER:
        host = DOCKER
        repository = repository if "/" in repository else f"library/{repository}"
    return host, repository


def _is_port(host: str) -> bool:
    _, colon, port = host.rpartition("]")[2].rpartition(":")
    return not colon or 0 < int(port) < 1 << 16


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
