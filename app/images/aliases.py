"""Gitpod's images under their names, and what stands for each of them here. Pure.

A name is taken without its registry, tag and digest: `docker.io/gitpod/workspace-full:latest`
is `workspace-full`. What an image of Gitpod's had and ours has not is named.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

DEFAULT = "default"
FULL = "full"

_NAME = re.compile(
    r"(?:(?:docker\.io|index\.docker\.io|registry\.hub\.docker\.com)/)?gitpod/"
    r"(?P<name>workspace-[a-z0-9._-]+?)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
_VERSION = re.compile(r"(?P<language>.+?)-(?P<version>\d[\w.]*)")


@dataclass(frozen=True, slots=True)
class Alias:
    """The image that stands for another, and what it has not of it."""

    image: str
    lacks: str = ""


_TABLE = MappingProxyType(
    {
        "base": Alias(DEFAULT),
        "c": Alias(DEFAULT),
        "node": Alias(DEFAULT),
        "node-lts": Alias(DEFAULT),
        "python": Alias(DEFAULT),
        "full": Alias(FULL),
        "go": Alias(FULL),
        "java": Alias(FULL),
        "php": Alias(FULL),
        "ruby": Alias(FULL),
        "rust": Alias(FULL),
        "full-vnc": Alias(FULL, "a desktop in the browser"),
        "base-vnc": Alias(DEFAULT, "a desktop in the browser"),
        "python-tk": Alias(DEFAULT, "Tk"),
        "python-tk-vnc": Alias(DEFAULT, "Tk and a desktop in the browser"),
        "bun": Alias(DEFAULT, "Bun"),
        "clojure": Alias(FULL, "Clojure"),
        "dotnet": Alias(FULL, ".NET"),
        "dotnet-lts": Alias(FULL, ".NET"),
        "dotnet-vnc": Alias(FULL, ".NET and a desktop in the browser"),
        "elixir": Alias(FULL, "Elixir"),
        "flutter": Alias(FULL, "Flutter"),
        "gecko": Alias(FULL, "Firefox's build tools"),
        "mongodb": Alias(FULL, "MongoDB"),
        "mysql": Alias(FULL, "MySQL"),
        "nix": Alias(DEFAULT, "Nix"),
        "postgres": Alias(FULL, "PostgreSQL"),
        "postgresql": Alias(FULL, "PostgreSQL"),
        "wasm": Alias(FULL, "WebAssembly's tools"),
        "webassembly": Alias(FULL, "WebAssembly's tools"),
        "yugabytedb": Alias(FULL, "YugabyteDB"),
    }
)
"""Name behind `workspace-` → what stands for it; the brands are Gitpod's."""
_VERSIONS = MappingProxyType(
    {
        "go": ("Go", "1.19"),
        "java": ("Java", "17"),
        "node": ("Node", "24"),
        "php": ("PHP", "8.2"),
        "python": ("Python", "3.11"),
        "ruby": ("Ruby", "3.1"),
    }
)
"""Brand → language, and the version that Debian 12's packages, or set-up's Node, are of."""


def alias_of(name: str) -> Alias | None:
    """Return what stands for an image, None when it is none of Gitpod's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    brand = found["name"].removeprefix("workspace-")
    if brand in _TABLE:
        return _TABLE[brand]
    versioned = _VERSION.fullmatch(brand)
    known = versioned and _TABLE.get(versioned["language"])
    if not versioned or not known:
        return Alias(FULL, f"what is special about {found['name']}")
    wanted = versioned["version"]
    if versioned["language"] not in _VERSIONS:
        return known
    language, ours = _VERSIONS[versioned["language"]]
    if f"{wanted}.".startswith(f"{ours}.") or f"{ours}.".startswith(f"{wanted}."):
        return known
    return Alias(known.image, f"{language} {wanted} (it has {ours})")
