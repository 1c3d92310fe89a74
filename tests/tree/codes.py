"""Every code of a condition or problem that the platform can tell, found where it is raised.

The places that raise are the truth for titles and cures; docs/conditions.toml adds what only
a person can say: the cause, and the test that really causes it.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.tree.sources import ROOT, relative

RAISING = ("app", "daemon", "proxy", "supervisor", "wire")
REFUSALS = frozenset(
    {"Malformed", "Unauthenticated", "Denied", "Missing", "Conflict", "Unprocessable", "Refusal"}
)
"""Classes of app.faults: (code, title, detail, cure)."""
CONDITIONS = "wire/phases.py"
FAULTS = "daemon/core/faults.py"
STATUSES = "app/faults.py"
EXEMPT = frozenset({"app/workspaces/styleguide.py", "app/runtime/fake.py", "app/runtime/script.py"})
"""Examples, and a fake that says what the real one says."""


@dataclass
class Code:
    """What is known of a code from the places that raise it."""

    title: str = ""
    cure: str = ""
    places: set[str] = field(default_factory=set)

    def learn(self, place: str, title: str = "", cure: str = "") -> None:
        self.places.add(place)
        self.title = self.title or title
        self.cure = self.cure or cure


def conditions() -> dict[str, str]:
    """Member → value of the enum Condition."""
    tree = ast.parse((ROOT / CONDITIONS).read_text())
    enum = next(
        one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Condition"
    )
    return {
        one.targets[0].id: str(one.value.value)
        for one in enum.body
        if isinstance(one, ast.Assign)
        and isinstance(one.targets[0], ast.Name)
        and isinstance(one.value, ast.Constant)
    }


def codes() -> dict[str, Code]:
    """Return every code, in order."""
    found: dict[str, Code] = defaultdict(Code)
    members = conditions()
    for name in members.values():
        found[name].learn(CONDITIONS)
    for package in RAISING:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = relative(path)
            if place not in EXEMPT and "/proto/" not in place:
                _read(path, place, members, found)
    return dict(sorted(found.items()))


def _read(path: Path, place: str, members: dict[str, str], found: dict[str, Code]) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call():
                _call(node, place, members, found)
            case ast.Attribute(value=ast.Name(id="Condition"), attr=name) if name in members:
                found[members[name]].learn(place)
            case ast.Dict() if place.startswith("supervisor/"):
                for code in _told(node):
                    found[code].learn(place)
            case _:
                continue
    if place == FAULTS:
        for code, (title, cure) in _table(path, "_TABLE"):
            found[code].learn(place, title, cure)
    if place == STATUSES:
        for code, _ in _table(path, "_HTTP_CODES"):
            found[code].learn(place)


def _told(node: ast.Dict) -> Iterator[str]:
    """Return what a plain answer of the supervisor tells: {"code": …}."""
    for key, value in zip(node.keys, node.values, strict=True):
        if _text(key) == "code" and _text(value):
            yield _text(value)


def _call(node: ast.Call, place: str, members: dict[str, str], found: dict[str, Code]) -> None:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    named = {one.arg: one.value for one in node.keywords}
    arguments = [_text(one) for one in node.args]
    if name in REFUSALS and arguments and arguments[0]:
        title = arguments[1] if len(arguments) > 1 else _text(named.get("title"))
        cure = arguments[3] if len(arguments) > 3 else _text(named.get("cure"))
        found[arguments[0]].learn(place, title, cure)
    elif name == "Problem" and "code" in named:
        code = _text(named["code"]) or _member(named["code"], members)
        if code:
            found[code].learn(place, _text(named.get("title")), _text(named.get("cure")))
    elif name == "explain" and len(arguments) > 2 and arguments[1]:
        cure = arguments[4] if len(arguments) > 4 else ""
        found[arguments[1]].learn(place, arguments[2], cure)
    elif name == "Refused" and len(arguments) > 1 and arguments[1]:
        found[arguments[1]].learn(place)
    elif name == "fault" and arguments and arguments[0]:
        found[arguments[0]].learn(place)


def _text(node: ast.AST | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def _member(node: ast.expr, members: dict[str, str]) -> str:
    """Return the code of `Condition.NAME.value`."""
    inner = node.value if isinstance(node, ast.Attribute) and node.attr == "value" else node
    name = inner.attr if isinstance(inner, ast.Attribute) else ""
    return members.get(name, "")


def _table(path: Path, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.parse(path.read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == name and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(value, ast.Tuple):
                    yield _text(key), (_text(value.elts[0]), _text(value.elts[1]))
                else:
                    yield _text(value), ("", "")
