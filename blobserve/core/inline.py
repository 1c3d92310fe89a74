"""Texts of index pages that are other ones for each request (Gitpod's `inlineStatic`).

A header holds the values, `X-BlobServe-InlineVars: {"ide": "https://…"}`. They end in a page,
so only what an address is made of is taken, and the answer is nobody else's.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from blobserve.core.catalogue import Rule
from kit.oci.core.refusals import Refused

HEADER = "X-BlobServe-InlineVars"
LARGEST = 4 << 20
"""Bytes of a page in which texts are replaced."""
_LONGEST = 8192
_MOST = 16
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,31}", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!&()*+,;=%-]*", re.ASCII)


def is_page(path: str) -> bool:
    """Tell whether texts of a file are replaced."""
    return path.rpartition("/")[2] == "index.html"


def read_values(header: str) -> dict[str, str]:
    """Return the values of a header; raises Refused for what could be more than an address."""
    if len(header) > _LONGEST:
        raise Refused(f"{HEADER} is too long")
    try:
        found = msgspec.json.decode(header, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Refused(f"{HEADER} is no object of texts") from error
    if len(found) > _MOST:
        raise Refused(f"{HEADER} has too many values")
    for name, value in found.items():
        if _NAME.fullmatch(name) is None or _VALUE.fullmatch(value) is None:
            raise Refused(f"{HEADER} has a value that is no address")
    return found


def replaced(page: bytes, rules: Iterable[Rule], values: Mapping[str, str]) -> bytes:
    """Return the page with each rule's text replaced; one whose value is missing is left."""
    for rule in rules:
        text = rule.replacement
        for name, value in values.items():
            text = text.replace(f"${{{name}}}", value)
        if "${" not in text:
            page = page.replace(rule.search.encode(), text.encode())
    return page
