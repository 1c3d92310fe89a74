"""What a repository's .gitpod.yml, or devcontainer.json, asks for as its image. Pure.

The text is a stranger's: it is read event by event up to the one field that counts, so
that nothing is built from it and no alias is ever followed. JSON is read as the YAML that it
is a part of, once its comments are gone.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from wire.jsonc import plain

Wish = dict[str, str]
"""`{"name": …}` for an image, `{"file": …}` for a Dockerfile to be built (with its
`context` where one is named), `{}` for neither."""

LONGEST = 255
"""Characters of a name that are kept."""
_JSON = ("{", "//", "/*")
DEEPEST = 50
"""Levels of a value; the parser takes seconds for thirty thousand, and everybody waits."""


def wish_of(text: str) -> Wish:
    """Return what the text's top-level `image` says; text that is no YAML says nothing."""
    if text.removeprefix("\ufeff").lstrip().startswith(_JSON):
        text = plain(text).replace("\t", " ")  # YAML has no tabs between words
    try:
        return _image(yaml.parse(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError):
        return {}


def text_of(text: str, field: str) -> str:
    """Return the text's top-level field when it is a plain text; JSON says nothing here."""
    if text.removeprefix("\ufeff").lstrip().startswith(_JSON):
        return ""
    try:
        return _text_of(yaml.parse(text, Loader=yaml.CSafeLoader), field)
    except (yaml.YAMLError, ValueError):
        return ""


def _text_of(events: Iterator[Any], field: str) -> str:
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            break
        if isinstance(event, yaml.NodeEvent):
            return ""
    for name in _names(events):
        value = next(events)
        if name == field:
            return _shown(value.value) if isinstance(value, yaml.ScalarEvent) else ""
        _skip(events, value)
    return ""


def _image(events: Iterator[Any]) -> Wish:
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            break
        if isinstance(event, yaml.NodeEvent):
            return {}
    for name in _names(events):
        if name != "image":
            _skip(events, next(events))
            continue
        value = next(events)
        if isinstance(value, yaml.ScalarEvent):
            return {"name": _shown(value.value)} if value.value not in {"", "~", "null"} else {}
        return _file(events) if isinstance(value, yaml.MappingStartEvent) else {}
    return {}


def _file(events: Iterator[Any]) -> Wish:
    found: Wish = {}
    for name in _names(events):
        value = next(events)
        if name in {"file", "context"} and isinstance(value, yaml.ScalarEvent):
            found[name] = _shown(value.value)
        else:
            _skip(events, value)
    return {"file": found.pop("file"), **found} if "file" in found else {}


def _names(events: Iterator[Any]) -> Iterator[str]:
    """Yield the names of a mapping that has begun; whoever is given one takes its value."""
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        if isinstance(event, yaml.ScalarEvent):
            yield event.value
        else:
            _skip(events, event)
            yield ""


def _skip(events: Iterator[Any], first: Any) -> None:
    """Pass over the rest of a value that begins with `first`."""
    depth = 0
    event = first
    while True:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth == 0:
            return
        if depth > DEEPEST:
            raise ValueError("too deep")
        event = next(events)


def _shown(text: str) -> str:
    return "".join(one for one in text.strip() if one.isprintable())[:LONGEST]
