"""Which file of which image a request's target names.

The grammar is that of OCI references: `repository:tag` or `repository@sha256:<hex>`. Neither
part ever becomes a path of the disk: images and their files are looked up by name.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from kit.oci.core.references import COMPONENT, TAG
from wire.assets import FILES, PREFIX

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*:[0-9]{{1,5}}/"
"""A host with a port; one without is a component like others."""
_REFERENCE = re.compile(
    rf"(?P<repository>(?:{_HOST})?{COMPONENT}(?:/{COMPONENT})*)"
    rf"(?::(?P<tag>{TAG})|@(?P<digest>sha256:[0-9a-f]{{64}}))",
    re.ASCII,
)
_LONGEST = 1024
"""Characters of a target; VS Code's longest is 200."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\%]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of an image."""

    repository: str
    image: str
    """The whole reference, `repository:tag` or `repository@digest`."""
    path: str
    """Relative, without empty, `.` or `..` segments; empty for the image's own page."""


def parse(target: str) -> Wanted | None:
    """Return what a request's target names; None when it names no file.

    The target is decoded once; what is still encoded after it is refused.
    """
    if len(target) > _LONGEST:
        return None
    try:
        plain = unquote(target.partition("?")[0], errors="strict")
    except UnicodeDecodeError:
        return None
    if not plain.startswith(PREFIX) or _UNSAFE.search(plain):
        return None
    image, found, path = plain.removeprefix(PREFIX).partition(FILES)
    named = _REFERENCE.fullmatch(image)
    if not found or named is None:
        return None
    if path and any(segment in {"", ".", ".."} for segment in path.split("/")):
        return None
    return Wanted(named["repository"], image, path)
