"""Features of a devcontainer: what they are, what they are given, and in which order. Pure.

A feature is a folder with an `install.sh` and a `devcontainer-feature.json`, in one layer of an
OCI artefact (containers.dev, "Dev Container Features reference"). Its options become variables
of the script; `dependsOn` must be installed before it, `installsAfter` only where it is there.
"""

import io
import json
import re
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

MANIFEST = "devcontainer-feature.json"
LAYER = "application/vnd.devcontainers.layer.v1+tar"
LARGEST = 16 << 20
"""Bytes of a feature's layer; they are scripts."""
_LARGEST_MANIFEST = 256 << 10
_LARGEST_UNPACKED = 64 << 20
_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEAD = 31
_MOST_OPTIONS = 100
_MOST_ENTRIES = 2000
_NOT_OF_A_NAME = re.compile(r"\W", re.ASCII)
_BEFORE_A_NAME = re.compile(r"^[\d_]+", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class NoFeature(Exception):
    """It is none that can be installed; the text is for people."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One that is installed."""

    reference: str
    """As it is named, with its version."""
    source: str
    """Repository, as the registry facade calls it."""
    layer: str
    """Digest of what holds its files."""
    size: int
    variables: Mapping[str, str]
    """Of its script."""
    environment: Mapping[str, str]
    """Of the image, from its installation on."""
    needs: tuple[str, ...] = ()
    """References of features without which it is not installed."""
    after: tuple[str, ...] = ()
    """Names, without versions, of those that are installed before it if at all."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a feature says of itself."""

    options: Mapping[str, str] = field(default_factory=dict)
    """Name → default."""
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Reference → its options."""
    after: tuple[str, ...] = ()


def describe(layer: bytes) -> Described:
    """Return what the feature of a layer says of itself; raises NoFeature."""
    try:
        with tarfile.open(fileobj=io.BytesIO(_unpacked(layer)), mode="r:") as tar:
            return read(_manifest(tar))
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError, RecursionError) as error:
        raise NoFeature("its files cannot be read") from error


def _unpacked(layer: bytes) -> bytes:
    """Return the tar; raises NoFeature for one that grows beyond measure."""
    if not layer.startswith(_GZIP):
        return layer
    opening = zlib.decompressobj(_WITH_GZIP_HEAD)
    tar = opening.decompress(layer, _LARGEST_UNPACKED)
    if opening.unconsumed_tail:
        raise NoFeature(f"it has more than {_LARGEST_UNPACKED >> 20} MB of files")
    return tar


def _manifest(tar: tarfile.TarFile) -> bytes:
    for count, member in enumerate(tar):
        if count > _MOST_ENTRIES:
            break
        if member.name.removeprefix("./") == MANIFEST and member.isfile():
            file = tar.extractfile(member)
            assert file is not None
            return file.read(_LARGEST_MANIFEST)
    raise NoFeature(f"it has no {MANIFEST}")


def read(text: bytes) -> Described:
    """Return what a devcontainer-feature.json says; raises NoFeature, or ValueError."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise NoFeature(f"its {MANIFEST} is no object")
    defaults = {
        name: _text(one["default"])
        for name, one in _items(found.get("options"))
        if isinstance(one, dict) and "default" in one
    }
    environment = {
        name: value
        for name, value in _items(found.get("containerEnv"))
        if isinstance(value, str) and _NAME.fullmatch(name) and value.isprintable()
    }
    needs = {name: options_of(given) for name, given in _items(found.get("dependsOn"))}
    after = found.get("installsAfter")
    named = tuple(one for one in after if isinstance(one, str)) if isinstance(after, list) else ()
    return Described(defaults, environment, needs, named)


def options_of(given: Any) -> dict[str, str]:
    """Return options as texts; a text alone is the version."""
    if isinstance(given, str):
        return {"version": given}
    return {
        name: _text(value) for name, value in _items(given) if not isinstance(value, dict | list)
    }


def variables_of(described: Described, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a feature's script: its options in capitals, and who uses it."""
    options = {**described.options, **given}
    variables = {_spelt(name): value for name, value in options.items() if "\0" not in value}
    variables.pop("", None)
    return {
        **variables,
        "_REMOTE_USER": "gitpod",
        "_REMOTE_USER_HOME": "/home/gitpod",
        "_CONTAINER_USER": "root",
        "_CONTAINER_USER_HOME": "/root",
    }


def ordered(features: Sequence[Feature], first: Sequence[str] = ()) -> list[Feature]:
    """Return the features as they are installed; raises NoFeature for a circle.

    `first` are names that come before others where nothing speaks against it.
    """
    names = {one.reference: one for one in features}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for one in features:
        before = [name for name in one.needs if name in names]
        before += [
            other.reference
            for other in features
            if other is not one and name_of(other.reference) in map(name_of, one.after)
        ]
        sorter.add(one.reference, *before)
    wished = [name_of(one) for one in first]
    order = list(names)

    def rank(reference: str) -> tuple[int, int]:
        name = name_of(reference)
        place = wished.index(name) if name in wished else len(wished)
        return place, order.index(reference)

    found: list[Feature] = []
    try:
        sorter.prepare()
        ready: list[str] = []
        while sorter.is_active():
            ready = sorted([*ready, *sorter.get_ready()], key=rank)
            chosen = ready.pop(0)
            found.append(names[chosen])
            sorter.done(chosen)
    except CycleError as error:
        raise NoFeature("they depend on one another in a circle") from error
    return found


def name_of(reference: str) -> str:
    """Return a reference without its version."""
    plain = reference.partition("@")[0].lower()
    front, slash, last = plain.rpartition("/")
    return front + slash + last.partition(":")[0]


def _items(found: Any) -> list[tuple[str, Any]]:
    pairs = found.items() if isinstance(found, dict) else ()
    return [(name, value) for name, value in pairs if isinstance(name, str)][:_MOST_OPTIONS]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _spelt(name: str) -> str:
    """Return an option's name as a variable's, by the reference's own rule."""
    return _BEFORE_A_NAME.sub("_", _NOT_OF_A_NAME.sub("_", name)).upper()
