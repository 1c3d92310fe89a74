"""Which images' files are served, and how: a TOML file of the operator's. What is not in it is not.

[[image]]
repository = "ghcr.io/acme/editor"   # with its host; "*" stands for every repository
folder = "ide"                       # files are looked for below it; the image's root
ahead = ["1.2.3"]                    # tags and digests that are loaded at the start

[[image.inline]]                     # in index pages asked for with X-BlobServe-InlineVars
search = "{{BASE}}"
replacement = "${ide}"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct, field

from kit.oci.core.digests import is_digest
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused

ANY = "*"


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that is replaced; `${name}` in the replacement stands for a value of the request."""

    search: str
    replacement: str


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A repository whose images are served."""

    repository: str
    folder: str = ""
    ahead: list[str] = field(default_factory=list)
    inline: list[Rule] = field(default_factory=list)

    def file(self, path: str) -> str:
        """Return where in an image a file is."""
        return f"{self.folder}/{path}" if self.folder else path


class _File(Struct, forbid_unknown_fields=True):
    image: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries by repository."""

    entries: Mapping[str, Entry]

    def find(self, reference: Reference) -> Entry | None:
        """Return the entry for an image; None when it is not served."""
        return self.entries.get(reference.name) or self.entries.get(ANY)

    def ahead(self) -> list[Reference]:
        """Return the images that are loaded at the start."""
        return [
            parse(f"{name}{'@' if is_digest(one) else ':'}{one}")
            for name, entry in self.entries.items()
            for one in entry.ahead
        ]


NOTHING = Catalogue({})
EVERYTHING = Catalogue({ANY: Entry(ANY)})


def read(content: str) -> Catalogue:
    """Return a catalogue; raises Refused, whose text says what is wrong with the file."""
    try:
        found = msgspec.convert(tomllib.loads(content), _File).image
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refused(f"the catalogue of images cannot be read: {error}") from error
    entries: dict[str, Entry] = {}
    for one in found:
        name = ANY if one.repository == ANY else parse(f"{one.repository}:any").name
        segments = one.folder.split("/") if one.folder else []
        if any(segment in {"", ".", ".."} for segment in segments):
            raise Refused(f"{one.folder!r} is no folder of an image: write it as a/b")
        if name in entries or any(not rule.search for rule in one.inline):
            raise Refused(f"{one.repository!r} is there twice, or replaces an empty text")
        if name == ANY and one.ahead:
            raise Refused("of every repository no tag can be loaded ahead")
        entries[name] = one
    catalogue = Catalogue(entries)
    catalogue.ahead()
    return catalogue
