"""Versions of editors beside the pinned ones: which package a version is, and what new starts get.

A version of VS Code is one of code-server's npm package, 4.N.P for VS Code's 1.N.P. The digest of
its archive is asked of the registry once and kept with the installation, so that the same version
is the same tree the next time, and a registry that has changed its mind is told apart.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.setup.npm import Npm
from cli.setup.progress import Step

CODE = "code"
JUPYTERLAB = "jupyterlab"
PIN = "cli/setup/ide.json"
_VERSION = re.compile(r"[14]\.(\d{1,4}\.\d{1,4})", re.ASCII)
_INTEGRITY = re.compile(r"sha512-[A-Za-z0-9+/]{86}==", re.ASCII)

Editors = dict[str, dict[str, str]]
"""Package → {version → tree}."""


def package_version(wanted: str) -> str:
    """Return the npm package's version for one of VS Code or of the package; empty for neither."""
    match = _VERSION.fullmatch(wanted)
    return f"4.{match[1]}" if match else ""


def pin_of(step: Step, npm: Npm, pinned: bytes, version: str, kept: Path) -> bytes:
    """Return the pin of a version, asked of npm's registry unless `kept` holds it already."""
    pin = json.loads(pinned)
    if pin["version"] == version:
        return pinned
    file = kept / f"{pin['package']}-{version}.json"
    if not file.exists():
        name = f"{pin['package']}@{version}"
        integrity = npm.told(step, ["view", name, "dist.integrity"])
        if _INTEGRITY.fullmatch(integrity) is None:
            raise step.failure(f"npm's registry has no {name}")
        kept.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.write_text(json.dumps({**pin, "version": version, "integrity": integrity}))
        fresh.rename(file)
    return file.read_bytes()


def version_of(tree: Path) -> str:
    """Return the version of an editor's tree as the editor itself tells it; empty for none."""
    described = tree / "vscode/package.json"
    if described.exists():
        return str(json.loads(described.read_text())["version"])
    found = list((tree / "site").glob("jupyterlab-*.dist-info"))
    return found[0].name.removeprefix("jupyterlab-").removesuffix(".dist-info") if found else ""


def offered(before: Mapping[str, Any], stable: Mapping[str, str], trees: Path) -> dict[str, Any]:
    """Return what the pointer says of versions.

    `stable` is the package's tree that set-up has built; of what was there before, other versions
    stay as long as their tree does. The newest is the one that `-latest` means.
    """
    editors: Editors = {}
    latest: dict[str, str] = {}
    for package, tree in stable.items():
        known = version_of(trees / tree)
        if not known:
            continue
        others = before.get("editors", {}).get(package, {})
        found = {one: its for one, its in others.items() if (trees / its).is_dir()}
        editors[package] = {**found, known: tree}
        newest = max(editors[package], key=_ordered)
        if newest != known:
            latest[package] = newest
    return {"editors": editors, "latest": latest}


def added(told: Mapping[str, Any], package: str, version: str, tree: str) -> Editors:
    """Return the versions with another one."""
    editors: Editors = dict(told.get("editors", {}))
    editors[package] = {**editors.get(package, {}), version: tree}
    return editors


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
