"""What a component's code imports of others: read from the sources, nothing is run."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]
OURS = frozenset(
    {"app", "blobserve", "cli", "daemon", "frontend", "kit", "proxy", "supervisor", "wire"}
)
Imported = tuple[frozenset[str], frozenset[str]]
"""Folders of ours, and names of others'."""


def of_component(package: str) -> Imported:
    """Return what the modules of a package import, and what that imports of ours and others."""
    waiting = [_name(path) for path in (ROOT / package).rglob("*.py")]
    seen: set[str] = set()
    others: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in seen or (path := _path(module)) is None:
            continue
        seen.add(module)
        for name in _imports(path):
            first = name.partition(".")[0]
            if first in OURS:
                waiting.append(name)
            elif first not in sys.stdlib_module_names:
                others.add(first)
    return frozenset(one.partition(".")[0] for one in seen), frozenset(others)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _path(module: str) -> Path | None:
    folder = ROOT / module.replace(".", "/")
    places = (folder.with_suffix(".py"), folder / "__init__.py")
    return next((one for one in places if one.exists()), None)


@cache
def _imports(path: Path) -> frozenset[str]:
    return frozenset(_found(ast.parse(path.read_text())))


def _found(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def distribution(name: str) -> str:
    """Return a library's name as locks spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(imported: str, locked: set[str]) -> set[str]:
    """Return the libraries of the lock that a name is imported from."""
    return {distribution(one) for one in _owners().get(imported, ())} & locked


@cache
def _owners() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def with_needs(libraries: set[tuple[str, str]]) -> set[str]:
    """Return libraries, each with an extra or none, and everything that they need."""
    waiting, seen = list(libraries), set[tuple[str, str]]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for text in importlib.metadata.requires(one[0]) or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": one[1]}):
                waiting += [(distribution(need.name), extra) for extra in ("", *need.extras)]
    return {name for name, _extra in seen}
