"""What each image consists of, and the graph of parts that follows from it: pure.

`components.toml` names it; that it is enough and not more is what tests/cli/images ask the code.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from cli.images.graph import Part
from cli.images.locked import only
from cli.setup.steps import Files

LIST = "cli/images/components.toml"
LOCK = "requirements.lock"
SUPERVISOR = "supervisor"
"""The one that is no process of the platform: the bundle, as set-up makes it."""
_SHARED = ("cli/images/rootfs.py", "cli/setup/debs.py")
_LAID = ("cli/images/payload.py", "cli/images/buildah.py", "cli/images/sbom.py")


@dataclass(frozen=True, slots=True)
class Component:
    """A process that has an image of its own."""

    name: str
    base: str
    """Which of the Debian roots it stands on."""
    module: str
    """What `python -m` begins."""
    user: str
    code: tuple[str, ...]
    """Folders of the checkout."""
    libraries: tuple[str, ...]
    """Names in the lock, with all that they need."""
    compiled: bool
    """Whether the proxy's machine code goes along."""
    web: bool
    """Whether scripts and styles from npm do."""


@dataclass(frozen=True, slots=True)
class Recipes:
    """Everything of the list."""

    bases: Mapping[str, tuple[str, ...]]
    """Debian root → its packages beside the essential ones."""
    components: Mapping[str, Component]


def read(text: str) -> Recipes:
    """Return what a list says. Raises ValueError and KeyError for one that makes no sense."""
    told = tomllib.loads(text)
    bases = {name: tuple(one["packages"]) for name, one in told["bases"].items()}
    components = {
        name: Component(
            name,
            one["base"],
            one["module"],
            one.get("user", "podium"),
            tuple(one["code"]),
            tuple(one["libraries"]),
            one.get("compiled", False),
            one.get("web", False),
        )
        for name, one in told["components"].items()
    }
    unknown = sorted({one.base for one in components.values()} - set(bases))
    if unknown:
        raise ValueError(f"no base is called {', '.join(unknown)}")
    return Recipes(bases, components)


def belongs(name: str, component: Component) -> bool:
    """Whether a file of the checkout goes into a component's image."""
    return name.partition("/")[0] in component.code


def parts(files: Files, recipes: Recipes, made: Mapping[str, str], day: str) -> list[Part]:
    """Return the graph.

    `made` names what set-up builds: `supervisor`, `compiled` and `web`; `day` is what apt's lists
    say of Debian's packages.
    """
    lock = files[LOCK].decode()
    shared = {name: files[name] for name in _SHARED}
    laid = {name: files[name] for name in _LAID}
    found = [
        Part(root_of(name), {**shared, "packages": _text(packages), "day": day.encode()})
        for name, packages in recipes.bases.items()
    ]
    for name, one in recipes.components.items():
        pins = "".join(pin.line for pin in only(lock, one.libraries))
        found.append(
            Part(site_of(name), {"lock": pins.encode(), "how": files["cli/images/site.py"]})
        )
        ours = {path: text for path, text in files.items() if belongs(path, one)}
        words = {"module": one.module.encode(), "user": one.user.encode()}
        words |= {"compiled": made["compiled"].encode()} if one.compiled else {}
        words |= {"web": made["web"].encode()} if one.web else {}
        found.append(Part(name, {**ours, **laid, **words}, (root_of(one.base), site_of(name))))
    bundle = {"bundle": made[SUPERVISOR].encode(), **laid}
    found.append(Part(SUPERVISOR, bundle))
    return found


def root_of(base: str) -> str:
    """Return the name of the part that is a Debian root."""
    return f"debian-{base}"


def site_of(component: str) -> str:
    """Return the name of the part that has a component's libraries."""
    return f"python-{component}"


def _text(packages: tuple[str, ...]) -> bytes:
    return json.dumps(sorted(packages)).encode()
