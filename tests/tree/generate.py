"""`python -m tests.tree.generate`: writes what docs/ has from the code.

docs/settings.md from every `settings.py`, docs/metrics.md from the proxy's catalogue,
docs/api.json from the server's routes, docs/conditions.md and frontend/conditions.json from
every code that can be told and docs/conditions.toml, the schema of .gitpod.yml that VS Code's
extension brings, and docs/benchmarks.md from bench/results once there are any. With `--check`
nothing is written, and the exit code is 1 when a file is stale.
"""

import ast
import inspect
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.asgi import create_app
from app.parts import Ports
from app.runtime.fake import FakeRuntime
from app.settings import Settings
from bench.record import RESULTS
from bench.report import render
from blobserve.core import counts
from kit.clock import FakeClock
from proxy.core import samples
from tests.tree import catalogue
from tests.tree.sources import PACKAGES, ROOT
from wire.configschema import SCHEMA

TITLES = {
    "cli": "Launcher and command line",
    "app": "Server",
    "proxy": "Proxy",
    "daemon": "Workspace daemon",
    "supervisor": "Supervisor",
    "blobserve": "Blobserve",
}
HEAD = """\
# Settings

Generated from the `settings.py` of every process by `make docs`. Every variable is read once, at
the start of the process; `make up` and the `podium` command pass on what they were started with.
"""


@dataclass(frozen=True)
class Field:
    """A field of a settings class; `text` is the docstring below it, empty when there is none."""

    name: str
    type: str
    text: str


def fields_of(source: str) -> list[Field]:
    """Return the fields of the `Settings` class of a module."""
    classes = [one for one in ast.parse(source).body if isinstance(one, ast.ClassDef)]
    body = next((one.body for one in classes if one.name == "Settings"), [])
    found = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append(Field(node.target.id, ast.unparse(node.annotation), _text(after)))
    return found


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(inspect.cleandoc(str(node.value.value)).split())
    return ""


def settings_modules() -> dict[str, Path]:
    """Return package → settings module."""
    found = {package: ROOT / package / "settings.py" for package in TITLES}
    assert set(TITLES) <= set(PACKAGES)
    return {package: path for package, path in found.items() if path.exists()}


def settings_page() -> str:
    """Return docs/settings.md."""
    parts = [HEAD]
    for package, path in settings_modules().items():
        rows = [f"- `{one.name}` ({one.type}): {one.text}" for one in fields_of(path.read_text())]
        parts.append(f"\n## {TITLES[package]} (`{package}`)\n\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def api_document() -> str:
    """Return docs/api.json: the OpenAPI document of the public API."""
    with tempfile.TemporaryDirectory() as folder:
        home = PurePosixPath(folder)
        settings = Settings(home, home, "http://podium.localhost:8080", "localhost")
        Path(settings.layout.master_key).write_bytes(bytes(32))
        fake = FakeRuntime()
        app = create_app(settings, Ports(fake, fake, fake), FakeClock())
        return json.dumps(app.openapi_schema.to_schema(), indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files, or check them."""
    wanted = {
        "docs/settings.md": settings_page(),
        "docs/metrics.md": f"{samples.page()}\n{counts.section()}",
        "docs/api.json": api_document(),
        "docs/conditions.md": catalogue.page(),
        "frontend/conditions.json": catalogue.document(),
        "supervisor/vscode/gitpod.schema.json": json.dumps(dict(SCHEMA), indent=1) + "\n",
    }
    if any(RESULTS.glob("*.json")):
        wanted["docs/benchmarks.md"] = render()
    stale = [name for name, text in wanted.items() if _kept(name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is stale: run `make docs`")
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(wanted[name])
        print(f"wrote {name}")
    return 0


def _kept(name: str) -> str:
    path = ROOT / name
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
