"""What a request of the distribution API asks for (OCI distribution 1.1, "Endpoints").

A target that is not one of these asks for nothing. Nothing of it becomes a path of the disk
before it has passed one of these patterns.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from blobserve.core.faults import Fault
from kit.oci.core.digests import is_digest
from kit.oci.core.references import is_repository, is_tag
from wire.ids import InstanceId, parse_instance_id
from wire.ownimages import is_own
from wire.registry import BUILT, INSTANCE, facade_name, is_content_hash

PREFIX = "/v2"
_LONGEST = 2048
"""Characters of a target."""
_LONGEST_NAME = 255
_MOST_FIELDS = 8
_HOST = re.compile(
    r"(?=[^/]*[._]|localhost$)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:_(?P<port>[0-9]{1,5}))?", re.ASCII
)
_TARGET = re.compile(
    r"/v2/(?P<name>[^?]+?)/(?:(?P<kind>manifests|blobs|tags|referrers)/(?P<what>[^/?]+)"
    r"|blobs/uploads/(?P<upload>[0-9a-f]{0,64}))",
    re.ASCII,
)


class Kind(StrEnum):
    """What is asked for."""

    VERSION = "version"
    """Whether there is a registry here at all."""
    MANIFEST = "manifest"
    BLOB = "blob"
    TAGS = "tags"
    REFERRERS = "referrers"
    UPLOADS = "uploads"
    """A new upload."""
    UPLOAD = "upload"
    """One that has begun."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository of another registry."""

    host: str
    """With its port after a colon."""
    repository: str

    def __str__(self) -> str:
        return facade_name(self.host, self.repository)


@dataclass(frozen=True, slots=True)
class Built:
    """An image that was built here."""

    key: str
    """Content hash."""

    def __str__(self) -> str:
        return f"{BUILT}/{self.key}"


@dataclass(frozen=True, slots=True)
class Instance:
    """The image of one start."""

    instance: InstanceId

    def __str__(self) -> str:
        return f"{INSTANCE}/{self.instance}"


@dataclass(frozen=True, slots=True)
class Own:
    """Images that set-up has built, each version and folder a tag."""

    name: str
    """`podium/code`."""

    def __str__(self) -> str:
        return self.name


Repository = Remote | Built | Instance | Own


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's target, read."""

    kind: Kind
    repository: Repository | None = None
    """None for the version alone."""
    reference: str = ""
    """Tag or digest of a manifest, digest of a blob, number of an upload."""
    query: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """Return the first value of that name in the query; empty when there is none."""
        return next((value for one, value in self.query if one == name), "")


def is_registrys(target: str) -> bool:
    """Tell whether a target is the distribution API's, and no file's."""
    return target.partition("?")[0] == PREFIX or target.startswith(f"{PREFIX}/")


def parse(target: str) -> Asked:
    """Return what a target asks for; raises Fault for what cannot be read."""
    path, _, query = target.partition("?")
    if len(target) > _LONGEST:
        raise Fault.name_invalid(target[:_LONGEST_NAME])
    if path in {PREFIX, f"{PREFIX}/"}:
        return Asked(Kind.VERSION)
    match = _TARGET.fullmatch(path)
    if match is None:
        raise _nowhere(path)
    repository = parse_name(match["name"])
    pairs = _pairs(query)
    if match["upload"] is not None:
        kind = Kind.UPLOAD if match["upload"] else Kind.UPLOADS
        return Asked(kind, repository, match["upload"], pairs)
    kind = _kind(match["kind"], match["what"], path)
    return Asked(kind, repository, match["what"], pairs)


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Fault.name_invalid(str(error)) from error


def _kind(word: str, what: str, path: str) -> Kind:
    match word:
        case "blobs" if what == "uploads":
            return Kind.UPLOADS
        case "blobs" | "referrers":
            if not is_digest(what):
                raise Fault.digest_invalid(f"{what} is no sha256 digest")
            return Kind.BLOB if word == "blobs" else Kind.REFERRERS
        case "tags" if what == "list":
            return Kind.TAGS
        case "manifests" if is_digest(what) or is_tag(what):
            return Kind.MANIFEST
        case "manifests":
            raise Fault.manifest_unknown(what)
        case _:
            raise _nowhere(path)


def _nowhere(path: str) -> Fault:
    return Fault(404, "NAME_UNKNOWN", "This address is none of a registry.", path)


def parse_name(name: str) -> Repository:
    """Return the repository of a name; raises Fault for a name that is none here."""
    if len(name) > _LONGEST_NAME or not is_repository(name):
        raise Fault.name_invalid(name[:_LONGEST_NAME])
    first, _, rest = name.partition("/")
    if first == BUILT and is_content_hash(rest):
        return Built(rest)
    if first == INSTANCE and (instance := parse_instance_id(rest)) is not None:
        return Instance(instance)
    if is_own(name):
        return Own(name)
    host = _HOST.fullmatch(first)
    if host is None or not rest or not 0 < int(host["port"] or 1) < 1 << 16:
        raise Fault.name_unknown(name)
    return Remote(first.replace("_", ":"), rest)
