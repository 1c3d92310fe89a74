"""From the text of a catalogue to one that is sound, or to an error that says where it is not.

An operator's file lies over the one that comes with Podium: a table of the same name changes the
keys that it has, another name adds an editor.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from msgspec import ValidationError, convert

from app.ides.resolve import Client as Opener
from app.ides.resolve import Offer, Offers, Policy, Release
from app.ides.structs import LATEST, Catalogue, Client, Kind, Option, Ruling

BUILT_IN = Path(__file__).with_name("catalogue.toml")
_TOP = frozenset({"default", "policy", "ide", "client"})
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_PARTS = frozenset({"user", "host", "port", "folder"})
_SCHEME = re.compile(r"([a-z][a-z0-9.+-]*):[^\s\"'<>`\\]+", re.ASCII)
_NO_PROGRAM = frozenset(
    {"javascript", "data", "vbscript", "blob", "file", "about", "http", "https", "ws", "wss"}
)
"""Schemes that a browser opens itself."""
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_PLACE = re.compile(r" - at `\$\.?([^`]*)`")

Tables = Mapping[str, Any]
_T = TypeVar("_T")


class CatalogueError(Exception):
    """The text names the file, the line where it is known, the key, and what is wrong."""


def built_in() -> Catalogue:
    """Return the catalogue that comes with Podium."""
    return read(BUILT_IN.read_text(), str(BUILT_IN))


def catalogue_of(path: str) -> Catalogue:
    """Return the catalogue of an installation; `path` is the operator's file, empty for none."""
    return read_over(Path(path)) if path else built_in()


def read_over(path: Path) -> Catalogue:
    """Return the catalogue that comes with Podium, changed by the file at `path`."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read: {error}") from error
    return read(text, str(path), below=_tables(BUILT_IN.read_text(), str(BUILT_IN)))


def read(text: str, name: str, below: Tables | None = None) -> Catalogue:
    """Return what a file called `name` says; raises CatalogueError."""
    own = _tables(text, name)
    try:
        return _sound(_merged(below or {}, own))
    except _Wrong as wrong:
        raise CatalogueError(_told(text, name, wrong.key, str(wrong))) from wrong


class _Wrong(Exception):
    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def _tables(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        where = f"{name}:{line[1]}" if line else name
        raise CatalogueError(f"{where}: {_LINE.sub('', str(error)).strip()}") from error


def _merged(below: Tables, own: Tables) -> dict[str, Any]:
    """Lay one over the other, keys of an editor or client one by one."""
    merged = {**below, **own}
    for group in ("ide", "client"):
        under, over = below.get(group, {}), own.get(group, {})
        if not isinstance(over, dict):
            raise _Wrong(group, f"must be tables, [{group}.<id>]")
        for name, table in over.items():
            if not isinstance(table, dict):
                raise _Wrong(f"{group}.{name}", f"must be a table, [{group}.{name}]")
        merged[group] = {
            name: {**under.get(name, {}), **over.get(name, {})} for name in {**under, **over}
        }
    return merged


def _sound(tables: Tables) -> Catalogue:
    for key in tables.keys() - _TOP:
        raise _Wrong(key, "is not known; there are default, [policy], [ide.<id>], [client.<id>]")
    options = {name: _option(name, table) for name, table in tables["ide"].items()}
    ordered = dict(sorted(options.items(), key=lambda one: (one[1].order, one[0])))
    default = str(tables.get("default"))
    if default not in options or options[default].kind is not Kind.BROWSER:
        raise _Wrong("default", f"{default!r} must be the id of an editor of kind browser")
    if options[default].hidden:
        raise _Wrong("default", f"{default!r} is hidden")
    clients = {name: _client(name, one, options) for name, one in tables["client"].items()}
    return Catalogue(
        default=default,
        options=ordered,
        clients=clients,
        names=_names(ordered),
        offers=_offers(default, ordered, clients),
        policy=_policy(tables.get("policy", {}), default, ordered),
    )


def _option(name: str, table: Any) -> Option:
    key = f"ide.{name}"
    if _ID.fullmatch(name) is None or name.endswith(LATEST):
        raise _Wrong(key, f"an id has a-z, 0-9 and -, at most 40, and does not end with {LATEST}")
    option = _converted(key, table, Option)
    if (option.kind is Kind.DESKTOP) != bool(option.link):
        raise _Wrong(f"{key}.link", "an editor of kind desktop has a link, another has none")
    if option.link:
        _check_link(f"{key}.link", option.link)
    return option


def _check_link(key: str, link: str) -> None:
    try:
        parts = {name for _text, name, _spec, _conversion in string.Formatter().parse(link) if name}
        unknown = parts - _PARTS
    except ValueError as error:
        raise _Wrong(key, f"cannot be read: {error}") from error
    if unknown:
        wrong = ", ".join(sorted(f"{{{one}}}" for one in unknown))
        raise _Wrong(key, f"{wrong}: there are {{user}}, {{host}}, {{port}} and {{folder}}")
    found = _SCHEME.fullmatch(link)
    if found is None or found[1] in _NO_PROGRAM:
        raise _Wrong(key, "must be the address of a program on a computer, as vscode://…")
    if not {"user", "host"} <= parts:
        raise _Wrong(key, "must hold {user} and {host}")


def _client(name: str, table: Any, options: Mapping[str, Option]) -> Client:
    key = f"client.{name}"
    client = _converted(key, table, Client)
    for one in client.ides:
        if one not in options or options[one].kind is not Kind.DESKTOP:
            raise _Wrong(f"{key}.ides", f"{one!r} must be the id of an editor of kind desktop")
    if client.default not in client.ides:
        raise _Wrong(f"{key}.default", f"{client.default!r} is not one of its ides")
    return client


def _policy(table: Any, default: str, options: Mapping[str, Option]) -> Policy:
    """Return what a table says; an organisation's would be one more of these."""
    ruling = _converted("policy", table, Ruling)
    for name in ruling.allowed or ():
        if name not in options:
            raise _Wrong("policy.allowed", f"{name!r} must be the id of an editor")
    if ruling.allowed is not None and default not in ruling.allowed:
        raise _Wrong("policy.allowed", f"must hold {default!r}, which is the default")
    for name in ruling.pins:
        if name not in options or options[name].package is None:
            raise _Wrong("policy.pins", f"{name!r} must be the id of an editor that is built here")
    allowed = None if ruling.allowed is None else frozenset(ruling.allowed)
    return Policy(allowed, ruling.pins)


def _offers(default: str, options: Mapping[str, Option], clients: Mapping[str, Client]) -> Offers:
    ides = {
        name: Offer(Release("", ""), desktop=one.kind is Kind.DESKTOP)
        for name, one in options.items()
    }
    openers = {name: Opener(frozenset(one.ides), one.default) for name, one in clients.items()}
    return Offers(default, ides, openers)


def _names(options: Mapping[str, Option]) -> dict[str, str]:
    names = {name: name for name in options}
    for name, option in options.items():
        for alias in option.aliases:
            if alias in names:
                raise _Wrong(f"ide.{name}.aliases", f"{alias!r} means {names[alias]!r} already")
            names[alias] = name
    return names


def _converted(key: str, table: Any, kind: type[_T]) -> _T:
    try:
        return convert(table, kind)
    except ValidationError as error:
        place = _PLACE.search(str(error))
        inner = f".{place[1]}" if place and place[1] else ""
        raise _Wrong(f"{key}{inner}", _PLACE.sub("", str(error))) from error


def _told(text: str, name: str, key: str, wrong: str) -> str:
    line = _line_of(text, key)
    return f"{name}{f':{line}' if line else ''}: {key}: {wrong}"


def _line_of(text: str, key: str) -> int:
    """Return the line of a key or of its table, 0 for what is not written there."""
    table, _, last = key.partition("[")[0].rpartition(".")
    lines = [line.strip() for line in text.splitlines()]
    inside, found = "", 0
    for number, line in enumerate(lines, 1):
        if line.startswith("["):
            inside = line.strip("[] ").replace('"', "")
            if inside == key or (inside == table and not found):
                found = number
        elif inside == table and re.match(rf"{re.escape(last)}\s*=", line):
            return number
    return found
